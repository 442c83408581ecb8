import { allergy, carePlanning, writeImplant, passingCondition, standingConditions } from './problems.ts';
import { claimsOf, planDetails } from './claims.ts';
import { visitsOf, type Chart, type FhirRecord, type DoctorVisit } from './chart.ts';
import { writeVisitNote, questionnaire } from './documents.ts';
import { listMedications, medicinesOf, writePrescriptions } from './medicines.ts';
import { answersOf, examResult, vitalSigns } from './observations.ts';
import { coverage, patient, relatedPerson } from './people.ts';
import { listPlaces } from './places.ts';
import { encounter, imagingWork, immunization, laboratoryWork, procedure } from './visits.ts';

/**
 * One person's record, as far as the server has it and it is wanted, at an instant, first what changed first.
 *
 * It only ever grows at its end: nothing in it changes, and what is new is newer than all of it. Nothing is built of
 * types that are not wanted.
 */
export function buildRecord(
  chart: Chart,
  now: number,
  wants: (type: string) => boolean = () => true,
): readonly FhirRecord[] {
  const visits = visitsOf(chart.life, now);
  return [...shared, ...personal, ...ofVisits]
    .filter(({ types }) => types.some((type) => wants(type) && chart.serves(type)))
    .flatMap((part) =>
      'write' in part ? part.write(chart) : visits.flatMap((visit) => part.ofVisit(chart, visit)),
    )
    .filter(({ resourceType }) => wants(resourceType) && chart.serves(resourceType))
    .filter(({ meta }) => Date.parse(meta.lastUpdated) <= now)
    .sort((one, other) => compare(one.meta.lastUpdated, other.meta.lastUpdated));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

interface Part {
  readonly types: readonly string[];
  readonly write: (chart: Chart) => readonly FhirRecord[];
}

interface VisitPart {
  readonly types: readonly string[];
  /** What one visit leaves in the record, within two weeks of it. */
  readonly ofVisit: (chart: Chart, visit: DoctorVisit) => readonly FhirRecord[];
}

const shared: readonly Part[] = [
  { types: ['Organization', 'Practitioner', 'PractitionerRole', 'Location'], write: listPlaces },
  { types: ['Medication'], write: listMedications },
  { types: ['InsurancePlan', 'List'], write: planDetails },
];

const personal: readonly Part[] = [
  { types: ['Patient'], write: (chart) => [patient(chart)] },
  { types: ['RelatedPerson'], write: (chart) => [relatedPerson(chart)] },
  { types: ['Coverage'], write: (chart) => [coverage(chart)] },
];

/** A part of each so many visits, the first one among them. */
function every(times: number, types: string, write: VisitPart['ofVisit']): VisitPart {
  return {
    types: types.split(' '),
    ofVisit: (chart, visit) => (visit.number % times === 0 ? write(chart, visit) : []),
  };
}

const once = Infinity;

const ofVisits: readonly VisitPart[] = [
  every(1, 'Encounter', (chart, visit) => [encounter(chart, visit)]),
  every(1, 'Observation', vitalSigns),
  every(1, 'DocumentReference Binary Provenance', writeVisitNote),
  every(1, 'ExplanationOfBenefit', claimsOf),
  every(1, 'MedicationRequest MedicationDispense', (chart, visit) =>
    medicinesOf(chart).flatMap((medicine) => writePrescriptions(chart, visit, medicine)),
  ),
  every(2, 'ServiceRequest Specimen Observation DiagnosticReport', laboratoryWork),
  every(3, 'Condition', (chart, visit) => [passingCondition(chart, visit)]),
  every(3, 'Observation', (chart, visit) => [examResult(chart, visit)]),
  every(4, 'Immunization', (chart, visit) => [immunization(chart, visit)]),
  every(4, 'Procedure', (chart, visit) => [procedure(chart, visit)]),
  every(5, 'Observation DiagnosticReport', imagingWork),
  every(6, 'Observation', answersOf),
  every(6, 'QuestionnaireResponse', (chart, visit) => [questionnaire(chart, visit)]),
  every(once, 'Condition', standingConditions),
  every(once, 'AllergyIntolerance', (chart, visit) => [allergy(chart, visit)]),
  every(once, 'Goal CarePlan CareTeam', carePlanning),
  every(once, 'Device', (chart, visit) => (chart.life.hasDiabetes ? [] : [writeImplant(chart, visit)])),
];
