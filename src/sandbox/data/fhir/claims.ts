import { dayMs, writeInstant } from '../life/calendar.ts';
import { randomOf } from '../life/life.ts';
import {
  coding,
  concept,
  dateOf,
  idOf,
  patientOf,
  createResource,
  reference,
  systems,
  terminology,
  type Chart,
  type FhirRecord,
  type DoctorVisit,
} from './chart.ts';
import { medicinesOf, type Medicine } from './medicines.ts';
import { clinic, doctor, laboratory, payer, pharmacy } from './places.ts';
import { coverageID } from './people.ts';

const carin = 'http://hl7.org/fhir/us/carin-bb';

/** Medicare's name of a kind of claim, that of the standard, and the profile of CARIN Blue Button. */
const kinds = {
  carrier: { medicare: 'CARRIER', standard: 'professional', profile: 'Professional-NonClinician' },
  outpatient: { medicare: 'OUTPATIENT', standard: 'institutional', profile: 'Outpatient-Institutional' },
  inpatient: { medicare: 'INPATIENT', standard: 'institutional', profile: 'Inpatient-Institutional' },
  pde: { medicare: 'PDE', standard: 'pharmacy', profile: 'Pharmacy' },
} as const;

interface Claim {
  readonly kind: keyof typeof kinds;
  readonly topic: string;
  /** From when to when it was done. */
  readonly from: number;
  readonly to: number;
  readonly provider: object;
  readonly service: object;
  readonly submittedUsd: number;
  readonly diagnosis?: readonly [code: string, display: string];
  readonly members?: object;
}

function money(value: number) {
  return { value: Math.round(value * 100) / 100, currency: 'USD' };
}

function adjudicated(code: 'submitted' | 'eligible' | 'benefit', value: number) {
  const words = { submitted: 'Submitted Amount', eligible: 'Eligible Amount', benefit: 'Benefit Amount' };
  return { category: concept(terminology('adjudication'), code, words[code]), amount: money(value) };
}

/** A claim that was decided ten days after it was made; four fifths of what may be charged is paid. */
function writeExplanation(chart: Chart, claim: Claim): FhirRecord {
  const { kind, topic, from, to, provider, service, submittedUsd, diagnosis, members = {} } = claim;
  const { medicare, standard, profile } = kinds[kind];
  const id = `${kind}-${idOf(chart.life, `ExplanationOfBenefit ${kind} ${topic}`)}`;
  const eligible = submittedUsd * 0.7;
  const at = to + 10 * dayMs;
  const url = `${carin}/StructureDefinition/C4BB-ExplanationOfBenefit-${profile}`;
  return createResource(
    'ExplanationOfBenefit',
    { id, at, profile: url },
    {
      identifier: [
        {
          type: concept(`${carin}/CodeSystem/C4BBIdentifierType`, 'uc', 'Unique Claim ID'),
          system: 'https://bluebutton.cms.gov/resources/variables/clm_id',
          value: id.slice(-12),
        },
      ],
      status: 'active',
      type: {
        coding: [
          coding('https://bluebutton.cms.gov/resources/codesystem/eob-type', medicare, medicare),
          coding(terminology('claim-type'), standard, standard),
        ],
      },
      use: 'claim',
      patient: patientOf(chart),
      billablePeriod: { start: dateOf(from), end: dateOf(to) },
      created: writeInstant(at),
      insurer: reference('Organization', payer.id, payer.name),
      provider,
      outcome: 'complete',
      diagnosis: diagnosis && [
        {
          sequence: 1,
          diagnosisCodeableConcept: concept(systems.icd10, ...diagnosis),
          type: [concept(terminology('ex-diagnosistype'), 'principal', 'Principal Diagnosis')],
        },
      ],
      insurance: [{ focal: true, coverage: reference('Coverage', coverageID(chart)) }],
      item: [
        {
          sequence: 1,
          productOrService: service,
          servicedDate: dateOf(from),
          adjudication: [
            adjudicated('submitted', submittedUsd),
            adjudicated('eligible', eligible),
            adjudicated('benefit', eligible * 0.8),
          ],
        },
      ],
      total: [adjudicated('submitted', submittedUsd), adjudicated('benefit', eligible * 0.8)],
      payment: { amount: money(eligible * 0.8), date: dateOf(at) },
      ...members,
    },
  );
}

/** What a visit costs: the doctor, on some days the laboratory, and the medicines. */
export function claimsOf(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  const { number, startsAt, endsAt } = visit;
  const random = randomOf(chart.life, 'claims', number);
  const careTeam = [
    {
      sequence: 1,
      provider: reference('Practitioner', doctor.id, doctor.name),
      role: concept(terminology('claimcareteamrole'), 'primary', 'Primary provider'),
    },
  ];
  const base = { topic: String(number), from: startsAt, to: endsAt };
  const claims: Claim[] = [
    {
      ...base,
      kind: 'carrier',
      provider: reference('Practitioner', doctor.id, doctor.name),
      service: concept(systems.cpt, '99213', 'Office visit, established patient'),
      submittedUsd: 120 + random.below(80),
      diagnosis: ['I10', 'Essential (primary) hypertension'],
      members: { careTeam },
    },
  ];
  if (number % 2 === 0)
    claims.push({
      ...base,
      kind: 'outpatient',
      provider: reference('Organization', laboratory.id, laboratory.name),
      service: concept(systems.cpt, '80053', 'Comprehensive metabolic panel'),
      submittedUsd: 40 + random.below(60),
      diagnosis: ['Z00.00', 'General adult medical examination'],
    });
  if (number % 9 === 4) claims.push(claimHospitalStay(base, 9_000 + random.below(8_000)));
  return [...claims, ...medicinesOf(chart).map((medicine) => claimPrescription(base, medicine))].map(
    (claim) => writeExplanation(chart, claim),
  );
}

type Base = Pick<Claim, 'topic' | 'from' | 'to'>;

/** Three nights in hospital. */
function claimHospitalStay({ topic, from, to }: Base, submittedUsd: number): Claim {
  return {
    kind: 'inpatient',
    topic,
    from,
    to: to + 3 * dayMs,
    provider: reference('Organization', clinic.id, clinic.name),
    service: concept('https://www.nubc.org/CodeSystem/RevenueCodes', '0120', 'Room and board, semi-private'),
    submittedUsd,
    diagnosis: ['J18.9', 'Pneumonia, unspecified organism'],
    members: {
      supportingInfo: [
        {
          sequence: 1,
          category: concept(
            `${carin}/CodeSystem/C4BBSupportingInfoType`,
            'admissionperiod',
            'Admission Period',
          ),
          timingPeriod: { start: dateOf(from), end: dateOf(to + 3 * dayMs) },
        },
      ],
    },
  };
}

/** One prescription that was filled. */
function claimPrescription({ topic, from }: Base, { rxNorm, ndc, display, priceUsd }: Medicine): Claim {
  const filledAt = from + 2 * dayMs;
  return {
    kind: 'pde',
    topic: `${topic} ${rxNorm}`,
    from: filledAt,
    to: filledAt,
    provider: reference('Organization', pharmacy.id, pharmacy.name),
    service: concept(systems.ndc, ndc, display),
    submittedUsd: priceUsd,
    members: {
      supportingInfo: [
        {
          sequence: 1,
          category: concept(`${carin}/CodeSystem/C4BBSupportingInfoType`, 'dayssupply', 'Days Supply'),
          valueQuantity: { value: 90 },
        },
      ],
    },
  };
}

/** What the plan covers, told to nobody in particular. */
export function planDetails(): readonly FhirRecord[] {
  const at = Date.UTC(2023, 0, 2, 12);
  const list = idOf(undefined, 'List');
  return [
    createResource(
      'InsurancePlan',
      { id: idOf(undefined, 'InsurancePlan'), at },
      {
        status: 'active',
        name: 'Harborlight Silver',
        type: [concept(`${carin}/CodeSystem/C4BBInsurancePlanType`, 'commppo', 'Commercial PPO')],
        ownedBy: reference('Organization', payer.id, payer.name),
      },
    ),
    createResource(
      'List',
      { id: list, at },
      {
        status: 'current',
        mode: 'snapshot',
        title: 'Medicines that Harborlight Silver covers',
        code: concept(
          'http://hl7.org/fhir/us/davinci-drug-formulary/CodeSystem/usdf-InsuranceItemTypeCS',
          'drug',
          'Formulary',
        ),
        date: writeInstant(at),
      },
    ),
  ];
}
