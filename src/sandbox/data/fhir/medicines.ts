import { dayMs, writeInstant } from '../life/calendar.ts';
import {
  concept,
  encounterOf,
  idOf,
  patientOf,
  createResource,
  reference,
  systems,
  terminology,
  usCore,
  type Chart,
  type FhirRecord,
  type DoctorVisit,
} from './chart.ts';
import { doctor, pharmacy } from './places.ts';

export interface Medicine {
  readonly rxNorm: string;
  readonly ndc: string;
  readonly display: string;
  readonly dose: string;
  readonly priceUsd: number;
}

const lisinopril = {
  rxNorm: '314076',
  ndc: '68180098001',
  display: 'lisinopril 10 MG Oral Tablet',
  dose: 'One tablet by mouth once a day',
  priceUsd: 12.4,
};
const metformin = {
  rxNorm: '860975',
  ndc: '65862001001',
  display: 'metformin hydrochloride 500 MG Extended Release Oral Tablet',
  dose: 'One tablet by mouth with the evening meal',
  priceUsd: 18.9,
};
const albuterol = {
  rxNorm: '745679',
  ndc: '00173068220',
  display: 'albuterol 0.09 MG/ACTUAT Metered Dose Inhaler',
  dose: 'Two puffs as needed',
  priceUsd: 41.3,
};

export function medicinesOf({ life }: Chart): readonly Medicine[] {
  return [lisinopril, life.hasDiabetes ? metformin : albuterol];
}

/** Told by reference, so that it has to be read. */
export function listMedications(): readonly FhirRecord[] {
  const at = Date.UTC(2022, 0, 3, 12);
  return [lisinopril, metformin, albuterol].map(({ rxNorm, display }) =>
    createResource(
      'Medication',
      { id: idOf(undefined, `Medication ${rxNorm}`), at, profile: usCore('medication') },
      {
        code: concept(systems.rxNorm, rxNorm, display),
        status: 'active',
      },
    ),
  );
}

/** A reference where the server has medications, else the code itself. */
function medication(chart: Chart, { rxNorm, display }: Medicine): object {
  return chart.serves('Medication')
    ? { medicationReference: reference('Medication', idOf(undefined, `Medication ${rxNorm}`), display) }
    : { medicationCodeableConcept: concept(systems.rxNorm, rxNorm, display) };
}

/** The prescription of one visit, and what the pharmacy handed out for it some days later. */
export function writePrescriptions(
  chart: Chart,
  visit: DoctorVisit,
  medicine: Medicine,
): readonly FhirRecord[] {
  const { life } = chart;
  const topic = `${visit.number} ${medicine.rxNorm}`;
  const request = idOf(life, `MedicationRequest ${topic}`);
  const subject = patientOf(chart);
  const quantity = { value: 90, unit: 'tablet', system: systems.ucum, code: '{tbl}' };
  const dosage = { text: medicine.dose, timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } } };
  const handedOver = visit.writtenAt + 2 * dayMs;
  return [
    createResource(
      'MedicationRequest',
      { id: request, at: visit.writtenAt, profile: usCore('medicationrequest') },
      {
        status: 'active',
        intent: 'order',
        category: [concept(terminology('medicationrequest-category'), 'community', 'Community')],
        reportedBoolean: false,
        ...medication(chart, medicine),
        subject,
        encounter: encounterOf(chart, visit),
        authoredOn: writeInstant(visit.startsAt),
        requester: reference('Practitioner', doctor.id, doctor.name),
        dosageInstruction: [dosage],
        dispenseRequest: { numberOfRepeatsAllowed: 1, quantity },
      },
    ),
    createResource(
      'MedicationDispense',
      {
        id: idOf(life, `MedicationDispense ${topic}`),
        at: handedOver,
        profile: usCore('medicationdispense'),
      },
      {
        status: 'completed',
        ...medication(chart, medicine),
        subject,
        performer: [{ actor: reference('Organization', pharmacy.id, pharmacy.name) }],
        authorizingPrescription: [reference('MedicationRequest', request)],
        type: concept(terminology('v3-ActCode'), 'RF', 'Refill'),
        quantity,
        whenHandedOver: writeInstant(handedOver),
        dosageInstruction: [dosage],
      },
    ),
  ];
}
