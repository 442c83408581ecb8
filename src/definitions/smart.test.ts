import { describe, expect, it } from 'vitest';
import { scopePerType, smartErrors, smartScopes, wholeRecord } from './smart.ts';
import { claimTypes, conditionsByCategory, dstu2Types, readRecord, usCoreTypes } from './usCore.ts';

const everyType = [...usCoreTypes, ...claimTypes, ...dstu2Types] as const;

describe('scopes of a health record', () => {
  it('are one for each type where a vendor takes no wildcard', () => {
    expect(scopePerType(['Patient', 'Goal'])).toEqual([
      {
        name: 'patient/Patient.read',
        label: 'Your name, date of birth, address and other personal details',
        releases: ['demographics'],
        ask: 'default',
      },
      { name: 'patient/Goal.read', label: 'Goals of your care', releases: ['care-plans'], ask: 'default' },
    ]);
  });

  it('are the wildcard alone, the others being known but not asked for, where it is taken', () => {
    const [wildcard, ...others] = wholeRecord(['Goal', 'CarePlan', 'Immunization']);
    expect(wildcard).toMatchObject({ name: 'patient/*.read', ask: 'default' });
    expect(wildcard.releases).toEqual(['care-plans', 'immunizations']);
    expect(others.map(({ name, ask }) => `${name} ${ask}`)).toEqual([
      'patient/Goal.read never',
      'patient/CarePlan.read never',
      'patient/Immunization.read never',
    ]);
  });

  it('refuse a record without a type', () => {
    expect(() => wholeRecord([])).toThrow('one type at least');
    expect(() => readRecord([])).toThrow('one type at least');
  });

  it('release every kind of data that is read', () => {
    const released = new Set(scopePerType(everyType).flatMap(({ releases }) => releases));
    const read = readRecord(everyType).map(({ releases }) => releases);
    expect(read.filter((type) => !released.has(type))).toEqual([]);
  });

  it('speak to a participant without the names of resources', () => {
    const labels = [...scopePerType(everyType), ...Object.values(smartScopes)].map(({ label }) => label);
    expect(
      labels.filter((label) => /FHIR|SMART|[a-z][A-Z]|\b(resource|scope|token)s?\b/.test(label)),
    ).toEqual([]);
  });
});

describe('how a record is read', () => {
  it('asks for observations by category, each for the kind of data that it holds', () => {
    const searches = readRecord(['Observation']).flatMap(({ releases, searches = [] }) =>
      searches.map(({ category }) => `${category} ${releases}`),
    );
    expect(searches).toEqual([
      'laboratory lab-results',
      'vital-signs vital-signs',
      'social-history social-history',
      'sdoh social-history',
      'survey questionnaires',
      'imaging procedures',
      'procedure procedures',
      'exam procedures',
      'therapy procedures',
      'activity activity',
    ]);
  });

  it('asks for care plans by category and for conditions only where the vendor wants it', () => {
    const [carePlan, condition] = readRecord(['CarePlan', 'Condition']);
    expect(carePlan.searches).toEqual([{ category: 'assess-plan' }]);
    expect(condition).toEqual({ type: 'Condition', releases: 'conditions' });
    const [byCategory] = readRecord(['Condition'], { Condition: conditionsByCategory });
    expect(byCategory.searches?.map(({ category }) => category)).toEqual([
      'problem-list-item',
      'encounter-diagnosis',
      'health-concern',
    ]);
  });

  it('follows references to what nobody has to answer a search for, unless the vendor gives one', () => {
    expect(readRecord(['Patient', 'Medication']).map(({ byReference }) => byReference)).toEqual([true, true]);
    const [list] = readRecord(['List'], { List: [{ code: 'drug-plan' }] });
    expect(list).toEqual({ type: 'List', releases: 'coverage', searches: [{ code: 'drug-plan' }] });
  });

  it('keeps the versions apart in which medicines have other names', () => {
    const versions = readRecord(['MedicationRequest', 'MedicationOrder', 'Immunization']).map(
      (resource) => resource.versions,
    );
    expect(versions).toEqual([['R4'], ['DSTU2'], undefined]);
  });
});

it('a refused or missing type ends nothing but its own reading', () => {
  expect(smartErrors).toEqual([
    { phases: ['data'], status: 403, verdict: 'scope-missing' },
    { phases: ['data'], status: [404, 410], verdict: 'no-data' },
  ]);
});
