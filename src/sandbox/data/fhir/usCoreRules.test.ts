import { describe, expect, it } from 'vitest';
import { readPath } from '../../../definitions/readPath.ts';
import {
  createFhirClient,
  fhirDefinitions,
  type Bundle,
  type Found,
} from '../../../../test/harness/fhirClient.ts';

/**
 * Written from the profiles of US Core 6.1 and CARIN Blue Button 2.0, not from the code: elements that are required
 * (or have to be supported and are the point of the type), and the system that a code has to come from. `|` parts
 * alternatives.
 */
const rules: Readonly<
  Record<string, { readonly has: string; readonly codes?: Readonly<Record<string, string>> }>
> = {
  Patient: {
    has: 'identifier.0.system identifier.0.value name.0.family name.0.given gender birthDate address.0.state telecom.0.value communication.0.language',
  },
  AllergyIntolerance: {
    has: 'clinicalStatus verificationStatus code patient.reference reaction.0.manifestation',
    codes: { clinicalStatus: 'terminology.hl7.org/CodeSystem/allergyintolerance-clinical' },
  },
  CarePlan: {
    has: 'text.status text.div status intent category.0 subject.reference',
    codes: { 'category.0': 'us/core/CodeSystem/careplan-category' },
  },
  CareTeam: { has: 'status subject.reference participant.0.role participant.0.member', codes: {} },
  Condition: {
    has: 'clinicalStatus verificationStatus category.0 code subject.reference recordedDate',
    codes: {
      code: 'snomed.info/sct',
      clinicalStatus: 'condition-clinical',
      verificationStatus: 'condition-ver-status',
    },
  },
  Coverage: {
    has: 'status type subscriberId|identifier beneficiary.reference relationship period payor.0 class.0',
    codes: { relationship: 'subscriber-relationship' },
  },
  Device: {
    has: 'udiCarrier.0.carrierHRF type patient.reference distinctIdentifier lotNumber serialNumber',
    codes: { type: 'snomed.info/sct' },
  },
  DiagnosticReport: {
    has: 'status category.0 code subject.reference effectiveDateTime issued performer.0',
    codes: { code: 'loinc.org' },
  },
  DocumentReference: {
    has: 'identifier status type category.0 subject.reference date author.0 content.0.attachment.contentType content.0.attachment.url|content.0.attachment.data content.0.format',
    codes: { type: 'loinc.org', 'category.0': 'us-core-documentreference-category' },
  },
  Binary: { has: 'contentType data' },
  Encounter: {
    has: 'identifier status class.code type.0 subject.reference participant.0.individual period.start reasonCode location.0.location',
    codes: { class: 'v3-ActCode' },
  },
  Goal: { has: 'lifecycleStatus description.text subject.reference startDate|target.0.dueDate' },
  Immunization: {
    has: 'status vaccineCode patient.reference occurrenceDateTime primarySource',
    codes: { vaccineCode: 'hl7.org/fhir/sid/cvx' },
  },
  Medication: { has: 'code', codes: { code: 'rxnorm' } },
  MedicationDispense: {
    has: 'status medicationReference|medicationCodeableConcept subject.reference performer.0.actor authorizingPrescription type quantity whenHandedOver',
  },
  MedicationRequest: {
    has: 'status intent medicationReference|medicationCodeableConcept subject.reference authoredOn requester dosageInstruction.0.text',
    codes: {},
  },
  Observation: {
    has: 'status category.0 code subject.reference effectiveDateTime valueQuantity.value|valueCodeableConcept|valueString|component.0.valueQuantity.value|dataAbsentReason',
    codes: { code: 'loinc.org', 'category.0': 'observation-category' },
  },
  Procedure: { has: 'status code subject.reference performedDateTime', codes: { code: 'snomed.info/sct' } },
  Provenance: {
    has: 'target.0.reference recorded agent.0.type agent.0.who agent.0.onBehalfOf',
    codes: { 'agent.0.type': 'provenance-participant-type' },
  },
  QuestionnaireResponse: { has: 'questionnaire status subject.reference authored item.0.answer' },
  RelatedPerson: {
    has: 'active patient.reference relationship.0 name.0.family',
    codes: { 'relationship.0': 'v3-RoleCode' },
  },
  ServiceRequest: {
    has: 'status intent category.0 code subject.reference occurrenceDateTime authoredOn requester',
    codes: { code: 'loinc.org' },
  },
  Specimen: { has: 'type subject.reference', codes: { type: 'snomed.info/sct' } },
  Location: { has: 'status name type.0 telecom.0 address.city managingOrganization' },
  Organization: { has: 'identifier.0.system active name telecom.0 address.0.line' },
  Practitioner: { has: 'identifier.0.value name.0.family telecom.0 address.0' },
  PractitionerRole: {
    has: 'practitioner organization code.0 specialty.0 location.0 telecom.0',
    codes: { 'specialty.0': 'nucc.org/provider-taxonomy' },
  },
  ExplanationOfBenefit: {
    has: 'identifier.0.type identifier.0.value status type use patient.reference billablePeriod.start created insurer provider outcome insurance.0.focal insurance.0.coverage item.0.sequence item.0.productOrService item.0.adjudication.0.amount total.0.amount payment.amount',
    codes: { type: 'bluebutton.cms.gov/resources/codesystem/eob-type' },
  },
  InsurancePlan: { has: 'status name type.0 ownedBy' },
  List: { has: 'status mode code' },
};

/** Codes of a binding that is required by the base standard. */
const statuses: Readonly<Record<string, RegExp>> = {
  'Observation.status': /^(registered|preliminary|final|amended)$/,
  'Encounter.status': /^(planned|in-progress|finished|cancelled)$/,
  'Condition.clinicalStatus.coding.0.code': /^(active|recurrence|relapse|inactive|remission|resolved)$/,
  'MedicationRequest.intent': /^(proposal|plan|order)$/,
  'DiagnosticReport.status': /^(registered|partial|final)$/,
  'DocumentReference.status': /^(current|superseded)$/,
  'Goal.lifecycleStatus': /^(proposed|active|completed)$/,
  'ExplanationOfBenefit.use': /^(claim|preauthorization|predetermination)$/,
  'ExplanationOfBenefit.outcome': /^(queued|complete|error|partial)$/,
  'Patient.gender': /^(male|female|other|unknown)$/,
};

function findBreaches(found: Found): string[] {
  const { resourceType, id, meta } = found;
  const rule = rules[resourceType];
  if (rule === undefined) return [`${resourceType} has no rules`];
  const breaches = rule.has
    .split(' ')
    .filter((paths) => !paths.split('|').some((path) => readPath(found, path) !== undefined));
  for (const [path, system] of Object.entries(rule.codes ?? {})) {
    const concept = readPath(found, path);
    const codings = (readPath(concept, 'coding') ?? [concept]) as {
      system?: string;
      code?: string;
      display?: string;
    }[];
    if (!codings.some((one) => one.system?.includes(system) && one.code && one.display))
      breaches.push(`${path} from ${system}`);
  }
  for (const [path, form] of Object.entries(statuses))
    if (
      path.startsWith(`${resourceType}.`) &&
      !form.test(String(readPath(found, path.slice(resourceType.length + 1))))
    )
      breaches.push(path);
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(id)) breaches.push('id');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(meta.lastUpdated)) breaches.push('meta.lastUpdated');
  return breaches.map((breach) => `${resourceType}/${id}: ${breach}`);
}

const r4 = fhirDefinitions;

describe.each(r4.map((definition) => ({ slug: definition.slug, definition })))(
  'the record at $slug',
  ({ definition }) => {
    const client = createFhirClient(definition);
    const searched = client.searchAll();

    it('is valid, whole and in the right places', () => {
      expect(searched.length).toBeGreaterThan(20);
      expect(searched.flatMap(findBreaches)).toEqual([]);
      // What a certified record has to have, as far as this server lists it.
      const rare = ['Device', 'InsurancePlan', 'List'];
      for (const { type, byReference } of client.access.resources)
        if (byReference !== true && !rare.includes(type) && client.isR4(type))
          expect(searched.map(({ resourceType }) => resourceType)).toContain(type);
    });

    it('refers only to what can be read, and what is read is valid too', () => {
      const seen = new Set<string>();
      const queue = [...searched, client.read(`Patient/${client.person.userID}`).json as Found];
      for (let found = queue.pop(); found !== undefined; found = queue.pop())
        for (const reference of client.referencesIn(found)) {
          if (seen.has(reference)) continue;
          seen.add(reference);
          const { status, json } = client.read(reference);
          if (status !== 200) throw new Error(`${found.resourceType} refers to ${reference}: ${status}`);
          const read = json as Found;
          expect(`${read.resourceType}/${read.id}`).toBe(reference);
          expect(findBreaches(read)).toEqual([]);
          queue.push(read);
        }
      expect(seen.size).toBeGreaterThan(1);
    });

    it('is hers alone', () => {
      for (const found of searched)
        for (const path of ['subject', 'patient', 'beneficiary']) {
          const reference = readPath(found, `${path}.reference`);
          if (reference !== undefined) expect(reference).toBe(`Patient/${client.person.userID}`);
        }
    });

    it('gives each resource once, whatever the size of pages, and links on the same server', () => {
      const whole = searched.map((found) => JSON.stringify(found));
      for (const count of [1, 7, 100_000])
        expect(
          client
            .searchAll({ count, upTo: count === 1 ? 40 : Infinity })
            .map((found) => JSON.stringify(found)),
        ).toEqual(count === 1 ? client.searchAll({ upTo: 40 }).map((found) => JSON.stringify(found)) : whole);
    });

    it('is the same at every call, and grows at its end', () => {
      const again = createFhirClient(definition).searchAll();
      expect(again).toEqual(searched);
      const later = createFhirClient(definition, { at: client.at + 150 * 86_400_000 }).searchAll();
      const known = new Set(searched.map(({ resourceType, id }) => `${resourceType}/${id}`));
      const news = later.filter(({ resourceType, id }) => !known.has(`${resourceType}/${id}`));
      expect(later.length - news.length).toBe(searched.length);
      for (const { meta } of news) expect(Date.parse(meta.lastUpdated)).toBeGreaterThan(client.at);
      expect(news.length).toBeGreaterThan(0);
    });

    it('tells of nothing that was not written yet: results come a day later, claims after ten', () => {
      const { resources } = client.access;
      const hasClaims = resources.some(({ type }) => type === 'ExplanationOfBenefit');
      const type = hasClaims ? 'ExplanationOfBenefit' : 'Observation';
      for (let day = 0; day < 130; day += 3) {
        const then = createFhirClient(definition, { at: client.at + day * 86_400_000 });
        const { entry = [] } = then.search(type, { _lastUpdated: 'gt2026-01-01', _count: '100' })
          .json as Bundle;
        expect(entry.length).toBeGreaterThan(0);
        for (const { resource } of entry)
          expect(Date.parse(resource.meta.lastUpdated)).toBeLessThanOrEqual(then.at);
      }
    });
  },
);

describe('the categories', () => {
  it('are those that were asked for, and all that US Core knows of observations have some', () => {
    const client = createFhirClient(fhirDefinitions.find(({ slug }) => slug === 'oracleHealth')!);
    const counts = ['laboratory', 'vital-signs', 'social-history', 'sdoh', 'survey', 'imaging', 'exam'].map(
      (category) => {
        const { entry = [] } = client.search('Observation', { category }).json as Bundle;
        for (const { resource } of entry)
          expect(JSON.stringify(readPath(resource, 'category'))).toContain(`"${category}"`);
        return entry.length;
      },
    );
    expect(Math.min(...counts)).toBeGreaterThan(0);
    const codes = (
      client.search('Observation', { category: 'vital-signs', _count: '100' }).json as Bundle
    ).entry!.map(({ resource }) => String(readPath(resource, 'code.coding.0.code')));
    expect([...new Set(codes)].sort()).toEqual(
      ['29463-7', '39156-5', '59408-5', '8302-2', '8310-5', '85354-9', '8867-4', '9279-1'].sort(),
    );
  });
});
