import type { FhirVersion } from '../../../definitions/shape/delivery.ts';
import { readPath } from '../../../definitions/readPath.ts';
import type { FhirRecord } from './chart.ts';

/**
 * The resource in the words of an older version of FHIR, where that has others: one, or (a prescription in DSTU2)
 * two. R4 is left as it is.
 */
export function writeVersion(resource: FhirRecord, version: FhirVersion): readonly FhirRecord[] {
  if (version === 'R4') return [resource];
  const older = version === 'DSTU2' ? dstu2 : stu3;
  const { resourceType, id, meta } = resource;
  // Profiles of US Core are those of R4.
  const base = { resourceType, id, meta: { lastUpdated: meta.lastUpdated } };
  if (version === 'DSTU2' && resourceType === 'MedicationRequest')
    return writePrescription(resource, base.meta);
  const { moved = {}, written } = older[resourceType] ?? {};
  const members = Object.fromEntries(
    Object.entries(resource)
      .filter(([name]) => !Object.hasOwn(base, name) && moved[name] !== null)
      .map(([name, value]) => [moved[name] ?? name, value]),
  );
  return [{ ...base, ...members, ...written?.(resource) }];
}

interface Older {
  /** New names of members; null for those that there are not. */
  readonly moved?: Readonly<Record<string, string | null>>;
  /** Members that are written in another way. */
  readonly written?: (resource: FhirRecord) => object;
}

const first = (resource: FhirRecord, path: string) => readPath(resource, `${path}.0`);
const codeOf = (resource: FhirRecord, path: string) => readPath(resource, `${path}.coding.0.code`);
const single =
  (...names: string[]) =>
  (resource: FhirRecord) =>
    Object.fromEntries(names.map((name) => [name, first(resource, name)]));
const states = (resource: FhirRecord) => ({
  clinicalStatus: codeOf(resource, 'clinicalStatus'),
  verificationStatus: codeOf(resource, 'verificationStatus'),
});
const documentContext = (resource: FhirRecord) => ({
  class: first(resource, 'category'),
  created: resource.date,
  indexed: resource.date,
  context: {
    encounter: readPath(resource, 'context.encounter.0'),
    period: readPath(resource, 'context.period'),
  },
});

const dstu2: Readonly<Record<string, Older | undefined>> = {
  AllergyIntolerance: {
    moved: { code: 'substance', clinicalStatus: null, verificationStatus: null },
    written: () => ({ status: 'confirmed', category: 'medication', criticality: 'CRITL' }),
  },
  CarePlan: { moved: { intent: null } },
  Condition: {
    moved: { subject: 'patient', recordedDate: null },
    written: (one) => ({
      ...states(one),
      category: first(one, 'category'),
      dateRecorded: String(one.recordedDate).slice(0, 10),
    }),
  },
  Device: {
    moved: {
      udiCarrier: null,
      distinctIdentifier: null,
      serialNumber: null,
      expirationDate: 'expiry',
    },
    written: (one) => ({ udi: readPath(one, 'udiCarrier.0.carrierHRF'), status: 'available' }),
  },
  DiagnosticReport: { moved: { basedOn: null }, written: single('category', 'performer') },
  DocumentReference: {
    moved: { category: null, date: null },
    written: (one) => ({
      ...documentContext(one),
      content: [
        { attachment: readPath(one, 'content.0.attachment'), format: [readPath(one, 'content.0.format')] },
      ],
    }),
  },
  Encounter: {
    moved: { subject: 'patient', reasonCode: 'reason' },
    written: () => ({ class: 'outpatient' }),
  },
  Goal: {
    moved: { lifecycleStatus: null, target: null },
    written: (one) => ({
      status: 'in-progress',
      description: readPath(one, 'description.text'),
      targetDate: readPath(one, 'target.0.dueDate'),
    }),
  },
  Immunization: {
    moved: { occurrenceDateTime: 'date', primarySource: null },
    written: (one) => ({
      wasNotGiven: false,
      reported: false,
      performer: readPath(one, 'performer.0.actor'),
    }),
  },
  Location: { written: single('type') },
  Medication: { moved: { status: null } },
  Observation: { written: single('category') },
  Organization: { written: single('type') },
  Practitioner: { written: single('name') },
  Provenance: {
    written: (one) => ({
      agent: [{ role: readPath(one, 'agent.0.type.coding.0'), actor: readPath(one, 'agent.0.who') }],
    }),
  },
};

const stu3: Readonly<Record<string, Older | undefined>> = {
  AllergyIntolerance: { moved: { recordedDate: 'assertedDate' }, written: states },
  Condition: { moved: { encounter: 'context', recordedDate: 'assertedDate' }, written: states },
  Device: {
    moved: { udiCarrier: null, distinctIdentifier: null, serialNumber: null },
    written: (one) => ({ udi: first(one, 'udiCarrier') }),
  },
  DiagnosticReport: {
    moved: { encounter: 'context' },
    written: (one) => ({ category: first(one, 'category'), performer: [{ actor: first(one, 'performer') }] }),
  },
  DocumentReference: { moved: { category: null, date: null }, written: documentContext },
  Encounter: { moved: { reasonCode: 'reason' } },
  Goal: {
    moved: { lifecycleStatus: null },
    written: (one) => ({ status: 'in-progress', target: first(one, 'target') }),
  },
  Immunization: {
    moved: { occurrenceDateTime: 'date', performer: 'practitioner' },
    written: () => ({ notGiven: false }),
  },
  Location: { written: single('type') },
  Observation: { moved: { encounter: 'context' } },
  Procedure: { moved: { encounter: 'context' } },
  Provenance: {
    written: (one) => ({
      agent: [{ role: [readPath(one, 'agent.0.type')], whoReference: readPath(one, 'agent.0.who') }],
    }),
  },
};

/** What was prescribed, and that she takes it. */
function writePrescription(request: FhirRecord, meta: FhirRecord['meta']): readonly FhirRecord[] {
  const { id, subject, encounter, authoredOn, requester, medicationReference, medicationCodeableConcept } =
    request;
  const medication =
    medicationReference === undefined ? { medicationCodeableConcept } : { medicationReference };
  const text = readPath(request, 'dosageInstruction.0.text');
  return [
    {
      resourceType: 'MedicationOrder',
      id,
      meta,
      status: 'active',
      dateWritten: authoredOn,
      patient: subject,
      encounter,
      prescriber: requester,
      ...medication,
      dosageInstruction: [{ text }],
    },
    {
      resourceType: 'MedicationStatement',
      id: `s${id}`,
      meta,
      status: 'active',
      patient: subject,
      dateAsserted: authoredOn,
      effectiveDateTime: authoredOn,
      ...medication,
      dosage: [{ text }],
    },
  ];
}
