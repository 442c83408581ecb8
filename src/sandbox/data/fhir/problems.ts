import { writeInstant } from '../life/calendar.ts';
import {
  coding,
  concept,
  dateOf,
  encounterOf,
  idOf,
  patientOf,
  createResource,
  reference,
  systems,
  terminology,
  usCore,
  yearMs,
  type Chart,
  type FhirRecord,
  type DoctorVisit,
} from './chart.ts';
import { doctor } from './places.ts';

type Kind = 'problem-list-item' | 'encounter-diagnosis' | 'health-concern';

interface HealthProblem {
  readonly snomed: string;
  readonly icd10: string;
  readonly display: string;
}

const hypertension = { snomed: '59621000', icd10: 'I10', display: 'Essential hypertension' };
const diabetes = { snomed: '44054006', icd10: 'E11.9', display: 'Type 2 diabetes mellitus' };
const asthma = { snomed: '195967001', icd10: 'J45.909', display: 'Asthma' };
const infection = { snomed: '54150009', icd10: 'J06.9', display: 'Upper respiratory infection' };
const stress = { snomed: '73595000', icd10: 'Z73.3', display: 'Stress' };

/** What stays with her. */
export function problemsOf({ life }: Chart): readonly HealthProblem[] {
  return [hypertension, life.hasDiabetes ? diabetes : asthma];
}

export function conditionID({ life }: Chart, problem: HealthProblem, number: number): string {
  return idOf(life, `Condition ${problem.icd10} ${number}`);
}

function condition(
  chart: Chart,
  visit: DoctorVisit,
  { problem, kind }: { readonly problem: HealthProblem; readonly kind: Kind },
): FhirRecord {
  const isOver = kind === 'encounter-diagnosis';
  const state = isOver ? 'resolved' : 'active';
  const profile = usCore(isOver ? 'condition-encounter-diagnosis' : 'condition-problems-health-concerns');
  const system =
    kind === 'health-concern'
      ? 'http://hl7.org/fhir/us/core/CodeSystem/condition-category'
      : terminology('condition-category');
  const id = conditionID(chart, problem, isOver ? visit.number : 0);
  return createResource(
    'Condition',
    { id, at: visit.writtenAt, profile },
    {
      clinicalStatus: concept(terminology('condition-clinical'), state, state),
      verificationStatus: concept(terminology('condition-ver-status'), 'confirmed', 'Confirmed'),
      category: [concept(system, kind, kind.replaceAll('-', ' '))],
      code: {
        coding: [
          coding(systems.snomed, problem.snomed, problem.display),
          coding(systems.icd10, problem.icd10, problem.display),
        ],
        text: problem.display,
      },
      subject: patientOf(chart),
      encounter: encounterOf(chart, visit),
      onsetDateTime: dateOf(visit.startsAt - (isOver ? 0 : yearMs)),
      recordedDate: writeInstant(visit.startsAt),
      abatementDateTime: isOver ? dateOf(visit.startsAt + yearMs / 50) : undefined,
    },
  );
}

export function standingConditions(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  return [
    ...problemsOf(chart).map((problem) => condition(chart, visit, { problem, kind: 'problem-list-item' })),
    condition(chart, visit, { problem: stress, kind: 'health-concern' }),
  ];
}

export function passingCondition(chart: Chart, visit: DoctorVisit): FhirRecord {
  return condition(chart, visit, { problem: infection, kind: 'encounter-diagnosis' });
}

export function allergy(chart: Chart, visit: DoctorVisit): FhirRecord {
  const id = idOf(chart.life, 'AllergyIntolerance');
  return createResource(
    'AllergyIntolerance',
    { id, at: visit.writtenAt, profile: usCore('allergyintolerance') },
    {
      clinicalStatus: concept(terminology('allergyintolerance-clinical'), 'active', 'Active'),
      verificationStatus: concept(terminology('allergyintolerance-verification'), 'confirmed', 'Confirmed'),
      category: ['medication'],
      criticality: 'low',
      code: concept(systems.rxNorm, '7980', 'penicillin G'),
      patient: patientOf(chart),
      recordedDate: writeInstant(visit.startsAt),
      reaction: [{ manifestation: [concept(systems.snomed, '247472004', 'Wheal')], severity: 'mild' }],
    },
  );
}

export function writeImplant(chart: Chart, visit: DoctorVisit): FhirRecord {
  const { life } = chart;
  const serialNumber = idOf(life, 'serial').slice(0, 10).toUpperCase();
  const deviceIdentifier = '00844588003288';
  return createResource(
    'Device',
    { id: idOf(life, 'Device'), at: visit.writtenAt, profile: usCore('implantable-device') },
    {
      udiCarrier: [{ deviceIdentifier, carrierHRF: `(01)${deviceIdentifier}(21)${serialNumber}` }],
      status: 'active',
      distinctIdentifier: deviceIdentifier,
      manufactureDate: '2021-03-01',
      expirationDate: '2031-03-01',
      lotNumber: 'L2103',
      serialNumber,
      type: concept(systems.snomed, '14106009', 'Cardiac pacemaker'),
      patient: patientOf(chart),
    },
  );
}

/** Plan, goal and team, made when she first came. */
export function carePlanning(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  const { life } = chart;
  const subject = patientOf(chart);
  const goal = idOf(life, 'Goal');
  const start = dateOf(visit.startsAt);
  const xhtml =
    '<div xmlns="http://www.w3.org/1999/xhtml">Walk every day and measure the blood pressure.</div>';
  return [
    createResource(
      'Goal',
      { id: goal, at: visit.writtenAt, profile: usCore('goal') },
      {
        lifecycleStatus: 'active',
        description: { text: 'Blood pressure below 130/80' },
        subject,
        startDate: start,
        target: [{ dueDate: dateOf(visit.startsAt + yearMs) }],
      },
    ),
    createResource(
      'CarePlan',
      { id: idOf(life, 'CarePlan'), at: visit.writtenAt, profile: usCore('careplan') },
      {
        text: { status: 'generated', div: xhtml },
        status: 'active',
        intent: 'plan',
        category: [
          concept(
            'http://hl7.org/fhir/us/core/CodeSystem/careplan-category',
            'assess-plan',
            'Assessment and Plan of Treatment',
          ),
        ],
        subject,
        period: { start },
        goal: [reference('Goal', goal)],
        addresses: problemsOf(chart).map((problem) => reference('Condition', conditionID(chart, problem, 0))),
      },
    ),
    createResource(
      'CareTeam',
      { id: idOf(life, 'CareTeam'), at: visit.writtenAt, profile: usCore('careteam') },
      {
        status: 'active',
        name: 'Primary care',
        subject,
        participant: [
          {
            role: [concept(systems.snomed, '446050000', 'Primary care provider')],
            member: reference('Practitioner', doctor.id, doctor.name),
          },
          { role: [concept(systems.snomed, '116154003', 'Patient')], member: subject },
        ],
      },
    ),
  ];
}
