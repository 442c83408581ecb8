import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { DataType } from './dataTypes.ts';
import type { FhirResource } from './shape/delivery.ts';

interface RecordType {
  /** For a participant, as the label of the scope that opens it. */
  readonly label: string;
  /** The first is what a search without a category gives. */
  readonly releases: readonly [DataType, ...DataType[]];
  /** Told by reference only; no server has to answer a search for it. */
  readonly byReference?: true;
  /** Not in DSTU2, or so different there that nobody implements it. */
  readonly sinceR4?: true;
}

/** The resources of a patient's record: those of US Core 3 to 7, and those that health plans add (CARIN Blue Button). */
const recordTypes = {
  Patient: {
    label: 'Your name, date of birth, address and other personal details',
    releases: ['demographics'],
    byReference: true,
  },
  AllergyIntolerance: { label: 'Your allergies and intolerances', releases: ['allergies'] },
  CarePlan: { label: 'Plans for your care', releases: ['care-plans'] },
  CareTeam: { label: 'The team that cares for you', releases: ['care-plans'], sinceR4: true },
  Condition: { label: 'Your health problems and diagnoses', releases: ['conditions'] },
  Coverage: { label: 'Your insurance', releases: ['coverage'], sinceR4: true },
  Device: { label: 'Devices implanted in your body', releases: ['implanted-devices'] },
  DiagnosticReport: { label: 'Reports of laboratory tests and imaging', releases: ['lab-results'] },
  DocumentReference: { label: 'Clinical notes and other documents', releases: ['documents'] },
  Binary: { label: 'The contents of documents', releases: ['documents'], byReference: true },
  Encounter: { label: 'Your visits and hospital stays', releases: ['visits'] },
  Goal: { label: 'Goals of your care', releases: ['care-plans'] },
  Immunization: { label: 'Your immunizations', releases: ['immunizations'] },
  Medication: { label: 'Details of medicines', releases: ['medications'], byReference: true },
  MedicationDispense: {
    label: 'Medicines that a pharmacy handed out to you',
    releases: ['medications'],
    sinceR4: true,
  },
  MedicationRequest: {
    label: 'Medicines that were prescribed to you',
    releases: ['medications'],
    sinceR4: true,
  },
  Observation: {
    label: 'Results, vital signs and other observations',
    releases: ['lab-results', 'vital-signs', 'social-history', 'questionnaires', 'procedures', 'activity'],
  },
  Procedure: { label: 'Operations and other procedures', releases: ['procedures'] },
  Provenance: {
    label: 'Who entered what into your record',
    releases: ['care-providers'],
    byReference: true,
  },
  QuestionnaireResponse: {
    label: 'Questionnaires that you filled in',
    releases: ['questionnaires'],
    sinceR4: true,
  },
  RelatedPerson: {
    label: 'Family members and others named in your record',
    releases: ['demographics'],
    sinceR4: true,
  },
  ServiceRequest: {
    label: 'Tests and treatments that were ordered for you',
    releases: ['procedures'],
    sinceR4: true,
  },
  Specimen: { label: 'Samples that were taken for tests', releases: ['lab-results'], sinceR4: true },
  Location: { label: 'Places where you were treated', releases: ['care-providers'], byReference: true },
  Organization: {
    label: 'Clinics and companies named in your record',
    releases: ['care-providers'],
    byReference: true,
  },
  Practitioner: {
    label: 'Doctors and other people named in your record',
    releases: ['care-providers'],
    byReference: true,
  },
  PractitionerRole: {
    label: 'Where those people work and as what',
    releases: ['care-providers'],
    byReference: true,
    sinceR4: true,
  },
  ExplanationOfBenefit: {
    label: 'Your claims: what was billed and what was paid',
    releases: ['claims'],
    sinceR4: true,
  },
  InsurancePlan: { label: 'What your plan covers', releases: ['coverage'], byReference: true, sinceR4: true },
  List: { label: 'Which medicines your plan covers', releases: ['coverage'], byReference: true },
  // DSTU2 only; scopes name them at servers of that version.
  MedicationOrder: { label: 'Medicines that were prescribed to you', releases: ['medications'] },
  MedicationStatement: { label: 'Medicines that you take', releases: ['medications'] },
} as const satisfies Record<string, RecordType>;

/** A FHIR resource type that scopes for health records can name. */
export type RecordTypeName = keyof typeof recordTypes;

/** What a scope for this type opens and is called. */
export function describeRecordType(name: RecordTypeName): RecordType {
  return recordTypes[name];
}

/** What a certified health record (ONC, US Core) lets its patient read. */
export const usCoreTypes = [
  'Patient',
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Coverage',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Binary',
  'Encounter',
  'Goal',
  'Immunization',
  'MedicationDispense',
  'MedicationRequest',
  'Medication',
  'Observation',
  'Procedure',
  'Provenance',
  'QuestionnaireResponse',
  'RelatedPerson',
  'ServiceRequest',
  'Specimen',
  'Location',
  'Organization',
  'Practitioner',
  'PractitionerRole',
] as const satisfies RecordTypeName[];

/** What a health plan adds to {@link usCoreTypes} (CMS Patient Access rule). */
export const claimTypes = ['ExplanationOfBenefit', 'InsurancePlan', 'List'] as const;

/** Where a server of DSTU2 has medicines. */
export const dstu2Types = ['MedicationOrder', 'MedicationStatement'] as const;

/** Searches that replace the usual ones of a type, because the vendor demands or refuses parameters. */
export type Searches = Readonly<
  Partial<Record<RecordTypeName, readonly [Readonly<Record<string, string>>, ...Record<string, string>[]]>>
>;

/** For vendors that answer a search for conditions only with a category. */
export const conditionsByCategory = by('problem-list-item', 'encounter-diagnosis', 'health-concern');

/**
 * How these types are read from a server of US Core.
 *
 * Observations are asked for by category, because that is the only search that every server has to answer and
 * the only one that Epic and Oracle Health accept; care plans by the category that US Core gives them. All else
 * is asked for by patient alone.
 */
export function readRecord(
  types: readonly RecordTypeName[],
  searches: Searches = {},
): readonly [FhirResource, ...FhirResource[]] {
  const [first, ...others] = types.flatMap((type) => resourcesOf(type, searches[type]));
  if (first === undefined) throw new Error('A record consists of one type at least.');
  return [first, ...others];
}

function resourcesOf(name: RecordTypeName, given: Searches[RecordTypeName]): FhirResource[] {
  if (name === 'Observation' && given === undefined) return observations;
  const { releases, byReference, sinceR4 }: RecordType = recordTypes[name];
  const searches = given ?? (name === 'CarePlan' ? by('assess-plan') : undefined);
  const isDstu2 = dstu2Types.some((type) => type === name);
  const versions = isDstu2 ? (['DSTU2'] as const) : sinceR4 === true ? (['R4'] as const) : undefined;
  return [
    omitUndefined({
      type: name,
      releases: releases[0],
      byReference: given === undefined ? byReference : undefined,
      versions,
      searches,
    }),
  ];
}

const observations: FhirResource[] = [
  { type: 'Observation', releases: 'lab-results', searches: by('laboratory') },
  { type: 'Observation', releases: 'vital-signs', searches: by('vital-signs') },
  { type: 'Observation', releases: 'social-history', searches: by('social-history', 'sdoh') },
  { type: 'Observation', releases: 'questionnaires', searches: by('survey') },
  { type: 'Observation', releases: 'procedures', searches: by('imaging', 'procedure', 'exam', 'therapy') },
  { type: 'Observation', releases: 'activity', searches: by('activity') },
];

function by(category: string, ...others: string[]) {
  const first = { category };
  return [first, ...others.map((other) => ({ category: other }))] as const;
}
