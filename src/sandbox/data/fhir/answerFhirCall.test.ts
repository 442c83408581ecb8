import { describe, expect, it } from 'vitest';
import { judgeError } from '../../../definitions/judgeError.ts';
import { readPath } from '../../../definitions/readPath.ts';
import {
  createFhirClient,
  fhirDefinitions,
  type Bundle,
  type Found,
} from '../../../../test/harness/fhirClient.ts';
import type { SandboxAnswer } from '../../server/sandboxCall.ts';
import { listPeople } from '../people.ts';

const definitionOf = (slug: string) => fhirDefinitions.find((definition) => definition.slug === slug)!;
const clientOf = (slug: string, setting: Parameters<typeof createFhirClient>[1] = {}) =>
  createFhirClient(definitionOf(slug), setting);
const verdictOf = (slug: string, { status, json }: SandboxAnswer) =>
  judgeError(definitionOf(slug), 'data', { status, body: json });
const matchesOf = ({ json }: SandboxAnswer) =>
  ((json as Bundle).entry ?? [])
    .filter(({ search }) => search.mode === 'match')
    .map(({ resource }) => resource);
const everyPage = { _count: '100' };

describe('a patient', () => {
  it('is read by the identifier of the token answer, and is who logged in', () => {
    for (const { slug } of fhirDefinitions) {
      const client = clientOf(slug);
      const { status, json, headers } = client.read(`Patient/${client.person.userID}`);
      expect(status).toBe(200);
      expect(headers?.['content-type']).toContain('application/fhir+json');
      expect(json).toMatchObject({ resourceType: 'Patient', id: client.person.userID });
      expect(readPath(json, 'name.0.text')).toBe(client.person.name);
    }
  });

  it('who is another is not found, read or searched', () => {
    for (const { slug } of fhirDefinitions) {
      const client = clientOf(slug);
      const other = listPeople(definitionOf(slug))[3]!.userID;
      const { type, patientParameter: whose = 'patient' } = client.access.resources.find(
        ({ byReference }) => byReference !== true,
      )!;
      const answers = [
        client.read(`Patient/${other}`),
        client.get(`${client.base}/${type}?${whose}=${other}`),
        // Naming both does not help.
        client.get(`${client.base}/${type}?${whose}=${client.person.userID}&${whose}=${other}`),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(404);
        expect(readPath(answer.json, 'resourceType')).toBe('OperationOutcome');
        expect(verdictOf(slug, answer)).toBe(slug.startsWith('blueButton') ? 'failed' : 'no-data');
      }
    }
  });

  it('has to be named in a search', () => {
    const { base, get } = clientOf('oracleHealth');
    expect(get(`${base}/Condition`).status).toBe(400);
    expect(get(`${base}/Observation?category=laboratory`).status).toBe(400);
  });
});

describe('scopes', () => {
  it('that were not granted leave their type unread, in words that mean nothing else', () => {
    for (const { slug } of fhirDefinitions) {
      const scopes = ['openid', 'patient/Coverage.read', 'patient/Immunization.rs'];
      const client = clientOf(slug, { scopes });
      const names =
        definitionOf(slug).auth.kind === 'none' ? [] : client.access.resources.map(({ type }) => type);
      for (const type of ['Condition', 'ExplanationOfBenefit'].filter((one) => names.includes(one)))
        expect(verdictOf(slug, client.search(type, {}))).toBe('scope-missing');
    }
  });

  it('of one type, of all, and of either version open what they say, with and without conditions', () => {
    const opened = (scope: string) => {
      const client = clientOf('oracleHealth', { scopes: [scope] });
      return ['Condition', 'Observation']
        .filter((type) => client.search(type, everyPage).status === 200)
        .join(' ');
    };
    expect(opened('patient/*.read')).toBe('Condition Observation');
    expect(opened('patient/*.rs')).toBe('Condition Observation');
    expect(opened('patient/*.*')).toBe('Condition Observation');
    expect(opened('patient/Condition.read')).toBe('Condition');
    expect(opened('patient/Observation.cruds')).toBe('Observation');
    expect(opened('patient/Observation.rs?category=laboratory')).toBe('Observation');
    expect(opened('patient/Condition.s')).toBe('');
    expect(opened('patient/Condition.write')).toBe('');
    expect(opened('user/Condition.read')).toBe('');
    expect(opened('launch/patient')).toBe('');
  });

  it('are not asked for where the vendor fixed beforehand what may be read', () => {
    expect(clientOf('epic', { scopes: ['openid', 'fhirUser'] }).search('Immunization', {}).status).toBe(200);
    expect(clientOf('epic', { scopes: ['patient/Condition.read'] }).search('Immunization', {}).status).toBe(
      403,
    );
  });

  it('of types that are left out are no way around by inclusion', () => {
    const client = clientOf('kaiser', { scopes: ['patient/ExplanationOfBenefit.read'] });
    const { json } = client.search('ExplanationOfBenefit', { _include: '*' });
    const modes = (json as Bundle).entry!.map(
      ({ resource, search }) => `${search.mode} ${resource.resourceType}`,
    );
    expect(modes).toContain('match ExplanationOfBenefit');
    expect(modes).not.toContain('include Coverage');
    const whole = clientOf('kaiser').search('ExplanationOfBenefit', { _include: '*' }).json as Bundle;
    expect(whole.entry!.map(({ resource }) => resource.resourceType)).toContain('Coverage');
  });
});

describe('a search', () => {
  const client = clientOf('oracleHealth');

  it('is narrowed by code, system, status and date, alone and together', () => {
    const all = matchesOf(client.search('Observation', { category: 'laboratory', ...everyPage }));
    const glucose = matchesOf(
      client.search('Observation', { code: 'http://loinc.org|2345-7', ...everyPage }),
    );
    expect(glucose.length).toBe(all.length / 7);
    expect(matchesOf(client.search('Observation', { code: 'http://other|2345-7' }))).toEqual([]);
    expect(matchesOf(client.search('Observation', { code: '2345-7,718-7', ...everyPage })).length).toBe(
      2 * glucose.length,
    );
    expect(matchesOf(client.search('Observation', { code: '2345-7', status: 'preliminary' }))).toEqual([]);
    const since = readPath(glucose[1], 'effectiveDateTime') as string;
    const later = matchesOf(client.search('Observation', { code: '2345-7', date: `ge${since}` }));
    expect(later).toEqual(glucose.slice(1));
    expect(client.search('Observation', { date: 'since Easter' }).status).toBe(400);
  });

  it('passes over parameters that it does not know, like `__proto__`', () => {
    const all = matchesOf(client.search('Condition', {}));
    expect(
      matchesOf(client.search('Condition', { _sort: 'date', constructor: 'x', ['__proto__']: 'y' })),
    ).toEqual(all);
  });

  it('refuses what is no size, gives no more than the highest, and counts without giving', () => {
    for (const _count of ['-1', 'all', '1e3'])
      expect(client.search('Observation', { _count }).status).toBe(400);
    expect(matchesOf(client.search('Observation', { _count: '5000' }))).toHaveLength(100);
    const { total, link } = client.search('Observation', { _count: '0' }).json as Bundle;
    expect(total).toBeGreaterThan(100);
    expect(link.map(({ relation }) => relation)).toEqual(['self']);
  });

  it('adds who entered it, when that is asked for', () => {
    const { entry = [] } = client.search('DocumentReference', { _revinclude: 'Provenance:target' })
      .json as Bundle;
    const counts = Object.groupBy(entry, ({ search, resource }) => `${search.mode} ${resource.resourceType}`);
    expect(counts['include Provenance']?.length).toBe(counts['match DocumentReference']?.length);
  });

  it('without a result is an empty bundle, or what the vendor says instead', () => {
    const nothing = client.search('Observation', { category: 'therapy' });
    expect(nothing).toMatchObject({ status: 200, json: { total: 0 } });
    expect(nothing.json).not.toHaveProperty('entry');
    const epic = clientOf('epic').search('Observation', { category: 'therapy' });
    expect(readPath(epic.json, 'issue.0.details.coding.0.code')).toBe('4101');
    expect(verdictOf('epic', epic)).toBe('no-data');
  });
});

describe('changes', () => {
  it('are found by the time of the last one, with one bound or two', () => {
    const client = clientOf('blueButton2');
    const all = matchesOf(client.search('ExplanationOfBenefit', everyPage));
    const [third, last] = [all[2]!, all.at(-1)!].map(({ meta }) => meta.lastUpdated);
    const since = matchesOf(
      client.search('ExplanationOfBenefit', { ...everyPage, _lastUpdated: `gt${third!}` }),
    );
    expect(since).toEqual(all.filter(({ meta }) => meta.lastUpdated > third!));
    const url = `${client.base}/ExplanationOfBenefit?patient=${client.person.userID}&_count=100&_lastUpdated=ge${third!}&_lastUpdated=lt${last!}`;
    const between = matchesOf(client.get(url));
    expect(between).toEqual(all.filter(({ meta }) => meta.lastUpdated >= third! && meta.lastUpdated < last!));
    expect(between.length).toBeGreaterThan(0);
  });

  it('are not asked for before the vendor has any', () => {
    const client = clientOf('blueButton2');
    const early = client.search('ExplanationOfBenefit', { _lastUpdated: 'gt2020-02-11' });
    expect(early.status).toBe(400);
    expect(verdictOf('blueButton2', early)).toBe('failed');
    expect(client.search('ExplanationOfBenefit', { _lastUpdated: 'gt2020-02-12' }).status).toBe(200);
  });
});

describe('claims', () => {
  it('are found by their kind, and there are some of carrier, outpatient, inpatient and pde', () => {
    const client = clientOf('blueButton3');
    const kinds = ['carrier', 'outpatient', 'inpatient', 'pde', 'dme', 'hospice'].map((type) => {
      const found = matchesOf(client.search('ExplanationOfBenefit', { type, ...everyPage }));
      for (const one of found) expect(readPath(one, 'type.coding.0.code')).toBe(type.toUpperCase());
      return found.length;
    });
    expect(kinds.slice(0, 4).every((count) => count > 0)).toBe(true);
    expect(kinds.slice(4)).toEqual([0, 0]);
    const total = (client.search('ExplanationOfBenefit', { _count: '0' }).json as Bundle).total;
    expect(kinds.reduce((sum, count) => sum + count)).toBe(total);
  });

  it('pay less than was asked', () => {
    for (const one of matchesOf(clientOf('humana').search('ExplanationOfBenefit', everyPage))) {
      const [asked, paid] = [
        readPath(one, 'total.0.amount.value'),
        readPath(one, 'payment.amount.value'),
      ] as number[];
      expect(paid).toBeGreaterThan(0);
      expect(paid).toBeLessThan(asked!);
    }
  });
});

describe('everything', () => {
  it('is all that was released, where the server knows the operation, and only of oneself', () => {
    const client = clientOf('humana');
    const { json } = client.get(`${client.base}/Patient/${client.person.userID}/$everything?_count=100`);
    const types = new Set(matchesOf({ status: 200, json }).map(({ resourceType }) => resourceType));
    expect(types.size).toBeGreaterThan(6);
    expect(types).toContain('Patient');
    const other = listPeople(definitionOf('humana'))[3]!.userID;
    expect(client.get(`${client.base}/Patient/${other}/$everything`).status).toBe(404);
    const epic = clientOf('epic');
    expect(epic.get(`${epic.base}/Patient/${epic.person.userID}/$everything`).status).toBe(404);
  });
});

describe('the contents of a document', () => {
  const client = clientOf('oracleHealth');
  const [document] = matchesOf(client.search('DocumentReference', {}));
  const address = `${client.base}/${String(readPath(document, 'content.0.attachment.url'))}`;

  it('come as a resource, or as they are for whoever does not ask for FHIR', () => {
    const { json } = client.get(address, { accept: 'application/fhir+json' });
    const text = Buffer.from(String(readPath(json, 'data')), 'base64').toString();
    expect(text).toContain(client.person.name);
    expect(client.get(address, { accept: '*/*' })).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain' },
      text,
    });
  });

  it('lie in the document itself where the server has no such resource', () => {
    const [inline] = matchesOf(clientOf('humana').search('DocumentReference', {}));
    expect(readPath(inline, 'content.0.attachment')).toHaveProperty('data');
  });
});

describe('older versions', () => {
  const setting = { base: 'https://fhir.example.org/api/FHIR/DSTU2' };

  it('have their own types and words', () => {
    const client = clientOf('epic', setting);
    const [order] = matchesOf(client.search('MedicationOrder', everyPage));
    expect(order).toMatchObject({ resourceType: 'MedicationOrder', status: 'active' });
    expect(readPath(order, 'patient.reference')).toBe(`Patient/${client.person.userID}`);
    const medication = client.read(String(readPath(order, 'medicationReference.reference')));
    expect(medication.json).toMatchObject({ resourceType: 'Medication' });
    expect(medication.headers?.['content-type']).toContain('application/json+fhir');
    const [statement] = matchesOf(client.search('MedicationStatement', everyPage));
    expect(client.read(`MedicationStatement/${statement!.id}`).json).toEqual(statement);
    expect(client.read('MedicationRequest/x').status).toBe(404);
    const [condition] = matchesOf(client.search('Condition', { category: 'problem-list-item' }));
    expect(condition).toMatchObject({ clinicalStatus: 'active', verificationStatus: 'confirmed' });
    const [visit] = matchesOf(client.search('Encounter', {}));
    expect(visit).toMatchObject({ class: 'outpatient' });
    const [allergy] = matchesOf(client.search('AllergyIntolerance', {}));
    expect(allergy).toHaveProperty('substance');
    // What there was not yet.
    expect(allergy).not.toHaveProperty('clinicalStatus');
    expect(condition).not.toHaveProperty('recordedDate');
    expect(visit).not.toHaveProperty('subject');
    const stu3 = clientOf('smartOnFhir', { base: 'https://fhir.example.org/fhir/STU3' });
    expect(matchesOf(stu3.search('Immunization', {}))[0]).toMatchObject({ notGiven: false });
  });

  it('refer only to what they have', () => {
    for (const version of ['DSTU2', 'STU3']) {
      const client = clientOf('smartOnFhir', { base: `https://fhir.example.org/${version}` });
      const inVersion = client.access.resources.filter(
        ({ versions, byReference }) =>
          byReference !== true && (versions?.includes(version as 'STU3') ?? true),
      );
      const found = inVersion.flatMap(({ type }) => matchesOf(client.search(type, everyPage)));
      expect(found.length).toBeGreaterThan(100);
      for (const reference of new Set(client.referencesIn(found)))
        if (client.read(reference).status !== 200) throw new Error(`${version}: ${reference}`);
      expect(found.filter((one: Found) => 'profile' in one.meta)).toEqual([]);
    }
  });
});

describe('other requests', () => {
  it('are refused in the words of FHIR, or are none of data', () => {
    const client = clientOf('oracleHealth');
    expect(client.read('Observation/none').status).toBe(404);
    expect(client.search('ImagingStudy', {}).status).toBe(404);
    expect(client.get(`${client.base}/Condition?patient=x`, { accept: 'text/html' }).status).toBe(406);
    expect(() => client.get('https://fhir.example.org/oauth2/authorize')).toThrow('no address of data');
    expect(() => client.get(`${client.base}/metadata`)).toThrow('no address of data');
    expect(() =>
      clientOf('blueButton2', { base: 'https://evil.example/v2/fhir' }).search('Coverage', {}),
    ).toThrow('no address');
  });
});
