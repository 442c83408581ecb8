import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dataTypes, type DataType } from './dataTypes.ts';
import { groupScopes, listUngrouped } from './dataGroups.ts';
import type { NamedDefinition } from './defineProvider.ts';
import { loadDefinitions } from './loadDefinitions.ts';
import { covers } from './scopes.ts';
import { compareSharing, describeAsked, isAsAsked, mayFetch, nameAsked } from './sharing.ts';
import type { AnyAuth, Scope } from './shape/auth.ts';

let definitions: ReadonlyMap<string, NamedDefinition>;
beforeAll(async () => {
  definitions = await loadDefinitions(join(import.meta.dirname, '../providers'));
});

function authOf(slug: string): AnyAuth {
  const auth = definitions.get(slug)?.auth;
  if (auth === undefined || auth.kind === 'none') throw new Error(`${slug} cannot be connected`);
  return auth;
}
const named = (scopes: readonly Scope[]) => scopes.map(({ name }) => name);

describe('what a scope covers', () => {
  it.each([
    ['patient/Condition.read', 'patient/Condition.read', true],
    ['patient/*.read', 'patient/Condition.read', true],
    ['patient/Condition.rs', 'patient/Condition.read', true],
    ['patient/Condition.read', 'patient/Condition.rs', true],
    ['patient/*.*', 'patient/Condition.read', true],
    ['patient/Condition.cruds', 'patient/Condition.rs', true],
    ['patient/Condition.r', 'patient/Condition.rs', false],
    ['patient/Condition.write', 'patient/Condition.read', false],
    ['patient/Observation.rs', 'patient/Condition.rs', false],
    ['user/Condition.read', 'patient/Condition.read', false],
    ['patient/Observation.rs?category=laboratory', 'patient/Observation.rs', false],
    ['patient/Observation.rs', 'patient/Observation.rs?category=laboratory', true],
    ['launch/patient', 'patient/Condition.read', false],
  ])('of SMART, %s and %s: %s', (name, wanted, verdict) => {
    expect(covers(authOf('smartOnFhir'), [name], wanted)).toBe(verdict);
  });

  it('knows other names and scopes that include others', () => {
    expect(covers(authOf('oura'), ['spo2Daily'], 'spo2')).toBe(true);
    expect(covers(authOf('strava'), ['activity:read_all'], 'activity:read')).toBe(true);
    expect(covers(authOf('strava'), ['activity:read'], 'activity:read_all')).toBe(false);
  });
});

describe('what is asked for', () => {
  it('is everything that a request, a registration or the provider’s page asks for, the whole record by its parts', () => {
    for (const slug of ['epic', 'smartOnFhir']) {
      const { asked } = describeAsked(authOf(slug));
      expect(named(asked)).toContain('patient/Condition.read');
      expect(named(asked)).not.toContain('patient/*.read');
    }
    expect(named(describeAsked(authOf('garmin')).asked)).toContain('HEALTH_EXPORT');
  });

  it('is not what the provider adds: Garmin offers the menstrual cycle, which no study asks for', () => {
    const { asked, added } = describeAsked(authOf('garmin'));
    expect(named(added)).toEqual(['MCT_EXPORT']);
    expect(named(asked)).not.toContain('MCT_EXPORT');
  });

  it('names what a request did not have to, besides what it had', () => {
    expect(nameAsked(authOf('garmin'), [])).toContain('HEALTH_EXPORT');
    expect(nameAsked(authOf('epic'), ['openid'])).toContain('patient/Observation.read');
    expect(nameAsked(authOf('oura'), ['tag'])).toContain('tag');
  });
});

describe('what was decided', () => {
  it('is four sets: shared, left out, needed and left out, not asked for', () => {
    const auth = authOf('garmin');
    const decided = compareSharing(auth, {
      asked: nameAsked(auth, []),
      granted: ['ACTIVITY_EXPORT', 'MCT_EXPORT', 'COURSE_IMPORT', 'SOMETHING_NEW'],
    });
    expect(named(decided.shared)).toEqual(['ACTIVITY_EXPORT']);
    expect(named(decided.leftOut)).toEqual(['HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT']);
    // A scope that releases nothing is no news to her.
    expect(named(decided.unasked)).toEqual(['MCT_EXPORT']);
    expect(decided.unknown).toBe(1);
    expect(isAsAsked(decided)).toBe(false);
  });

  it.each(['garmin', 'oura', 'epic', 'smartOnFhir', 'whoop', 'strava', 'googleHealth', 'withings'])(
    'is as it was asked when %s grants exactly that',
    (slug) => {
      const auth = authOf(slug);
      const asked = nameAsked(auth, []);
      expect(isAsAsked(compareSharing(auth, { asked, granted: asked }))).toBe(true);
    },
  );

  it('takes silence of a vendor that registers scopes for all of them, and any word for what it says', () => {
    const auth = authOf('epic');
    const asked = nameAsked(auth, []);
    expect(isAsAsked(compareSharing(auth, { asked, granted: ['openid', 'fhirUser'] }))).toBe(true);
    const told = compareSharing(auth, { asked, granted: ['openid', 'patient/Observation.read'] });
    expect(named(told.shared)).toContain('patient/Observation.read');
    expect(named(told.leftOut)).toContain('patient/Condition.read');
  });

  it('reads a narrower grant in place of the whole record, in either version', () => {
    const auth = authOf('smartOnFhir');
    const asked = nameAsked(auth, ['patient/*.rs']);
    const decided = compareSharing(auth, { asked, granted: ['patient/Observation.rs'] });
    expect(named(decided.shared)).toContain('patient/Observation.read');
    expect(named(decided.leftOut)).toContain('patient/Condition.read');
    expect(decided.unasked).toEqual([]);
    // Scopes that open no data need not be repeated, so their absence says nothing.
    expect(named(decided.leftOut)).not.toContain('openid');
  });

  it('lets nothing be fetched that nobody asked for, or that was not granted', () => {
    const auth = authOf('garmin');
    const consent = { asked: nameAsked(auth, []), granted: ['HEALTH_EXPORT', 'MCT_EXPORT'] };
    expect(mayFetch(auth, consent, 'HEALTH_EXPORT')).toBe(true);
    expect(mayFetch(auth, consent, 'MCT_EXPORT')).toBe(false);
    expect(mayFetch(auth, consent, 'ACTIVITY_EXPORT')).toBe(false);
    // A study that asked for it gets it; what was never written down counts as the definition has it.
    expect(mayFetch(auth, { ...consent, asked: ['MCT_EXPORT'] }, 'MCT_EXPORT')).toBe(true);
    expect(mayFetch(auth, { ...consent, asked: null }, 'HEALTH_EXPORT')).toBe(true);
    expect(mayFetch(auth, { ...consent, asked: null }, 'MCT_EXPORT')).toBe(false);
  });

  it('reads the part that was asked for out of a whole record that was granted', () => {
    const auth = authOf('oracleHealth');
    const consent = { asked: ['patient/Observation.read'], granted: ['patient/*.read'] };
    expect(mayFetch(auth, consent, 'patient/Observation.read')).toBe(true);
    expect(mayFetch(auth, consent, 'patient/Condition.read')).toBe(false);
    expect(named(compareSharing(auth, consent).unasked)).toContain('patient/Condition.read');
  });
});

describe('how it is listed', () => {
  it('puts every kind of data under a heading', () => {
    expect(listUngrouped(Object.keys(dataTypes) as DataType[])).toEqual([]);
  });

  it('says each label once, under few headings, and loses none', () => {
    for (const [slug, { auth }] of definitions) {
      if (auth.kind === 'none') continue;
      const { asked } = describeAsked(auth);
      const groups = groupScopes(asked);
      const labels = groups.flatMap(({ items }) => items.map(({ label }) => label));
      expect(new Set(labels), slug).toEqual(new Set(asked.map(({ label }) => label)));
      expect(labels.length, slug).toBe(new Set(labels).size);
      expect(groups.length, slug).toBeLessThanOrEqual(10);
    }
  });

  it('puts what is needed first', () => {
    const groups = groupScopes([
      { name: 'a', label: 'Steps', releases: ['activity'], ask: 'default' },
      { name: 'b', label: 'Distance', releases: ['activity'], ask: 'required' },
    ]);
    expect(groups).toEqual([
      {
        title: 'Activity and exercise',
        items: [
          { label: 'Distance', needed: true },
          { label: 'Steps', needed: false },
        ],
      },
    ]);
  });
});
