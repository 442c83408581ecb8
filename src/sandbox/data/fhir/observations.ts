import { measureBody } from '../life/body.ts';
import { dayMs, writeInstant } from '../life/calendar.ts';
import { glucoseOf } from '../life/glucose.ts';
import { randomOf } from '../life/life.ts';
import {
  coding,
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
import { doctor, laboratory } from './places.ts';

const categories = {
  laboratory: 'Laboratory',
  'vital-signs': 'Vital Signs',
  'social-history': 'Social History',
  survey: 'Survey',
  imaging: 'Imaging',
  exam: 'Exam',
} as const;

type Category = keyof typeof categories;

interface Measured {
  readonly category: Category;
  readonly profile: string;
  readonly code: string;
  readonly display: string;
  /** `value[x]`, or components. */
  readonly value: object;
  readonly also?: readonly object[];
}

export function category(name: Category) {
  return concept(terminology('observation-category'), name, categories[name]);
}

export function quantity(value: number, unit: string, code = unit) {
  return { value: Math.round(value * 100) / 100, unit, system: systems.ucum, code };
}

export function observationID({ life }: Chart, visit: DoctorVisit, code: string): string {
  return idOf(life, `Observation ${visit.number} ${code}`);
}

function writeObservation(chart: Chart, visit: DoctorVisit, measured: Measured): FhirRecord {
  const { category: name, code, display, profile, value, also = [] } = measured;
  const isLab = name === 'laboratory';
  const at = visit.writtenAt + (isLab ? dayMs : 0);
  return createResource(
    'Observation',
    { id: observationID(chart, visit, code), at, profile: usCore(profile) },
    {
      status: 'final',
      category: [category(name), ...also],
      code: concept(systems.loinc, code, display),
      subject: patientOf(chart),
      encounter: encounterOf(chart, visit),
      effectiveDateTime: writeInstant(visit.startsAt),
      issued: writeInstant(at),
      performer: [
        isLab
          ? reference('Organization', laboratory.id, laboratory.name)
          : reference('Practitioner', doctor.id, doctor.name),
      ],
      specimen: isLab ? reference('Specimen', idOf(chart.life, `Specimen ${visit.number}`)) : undefined,
      ...value,
    },
  );
}

/** What is measured at every visit. */
export function vitalSigns(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  const body = measureBody(chart.life, visit.day);
  const { heightCm } = chart.life;
  const sign = (profile: string, code: string, display: string) => (value: object) =>
    writeObservation(chart, visit, { category: 'vital-signs', profile, code, display, value });
  const measured = (value: number, unit: string, code?: string) => ({
    valueQuantity: quantity(value, unit, code),
  });
  const part = (code: string, display: string, value: number) => ({
    code: concept(systems.loinc, code, display),
    valueQuantity: quantity(value, 'mmHg', 'mm[Hg]'),
  });
  return [
    sign(
      'blood-pressure',
      '85354-9',
      'Blood pressure panel',
    )({
      component: [
        part('8480-6', 'Systolic blood pressure', body.systolic),
        part('8462-4', 'Diastolic blood pressure', body.diastolic),
      ],
    }),
    sign('heart-rate', '8867-4', 'Heart rate')(measured(body.restingRate + 8, 'beats/minute', '/min')),
    sign(
      'respiratory-rate',
      '9279-1',
      'Respiratory rate',
    )(measured(body.breathsPerMin, 'breaths/minute', '/min')),
    sign('body-temperature', '8310-5', 'Body temperature')(measured(body.bodyTemperatureC, 'Cel')),
    sign('body-weight', '29463-7', 'Body weight')(measured(body.weightKg, 'kg')),
    sign('body-height', '8302-2', 'Body height')(measured(heightCm, 'cm')),
    sign('bmi', '39156-5', 'Body mass index')(measured(body.weightKg / (heightCm / 100) ** 2, 'kg/m2')),
    sign(
      'pulse-oximetry',
      '59408-5',
      'Oxygen saturation by pulse oximetry',
    )({
      ...measured(body.oxygenPercent, '%'),
    }),
  ].map(addOximetry);
}

/** US Core wants both codes of it. */
function addOximetry(one: FhirRecord): FhirRecord {
  const { coding: codes, text } = one.code as ReturnType<typeof concept>;
  if (codes[0]?.code !== '59408-5') return one;
  const both = [...codes, coding(systems.loinc, '2708-6', 'Oxygen saturation in Arterial blood')];
  return { ...one, code: { coding: both, text } };
}

export const labPanel = [
  ['2345-7', 'Glucose [Mass/volume] in Serum or Plasma', 'mg/dL'],
  ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%'],
  ['2093-3', 'Cholesterol [Mass/volume] in Serum or Plasma', 'mg/dL'],
  ['2085-9', 'Cholesterol in HDL [Mass/volume] in Serum or Plasma', 'mg/dL'],
  ['13457-7', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation', 'mg/dL'],
  ['2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'mg/dL'],
  ['718-7', 'Hemoglobin [Mass/volume] in Blood', 'g/dL'],
] as const;

/** Results of one drawing of blood, a day after it. */
export function labResults(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  const { life } = chart;
  const random = randomOf(life, 'laboratory', visit.number);
  const around = (middle: number, spread: number) => middle + (random.fraction() - 0.5) * spread;
  const hdl = around(54, 20);
  const total = around(192, 60);
  const values = [
    glucoseOf(life, visit.day)[90] ?? 100,
    around(life.hasDiabetes ? 6.9 : 5.3, 0.6),
    total,
    hdl,
    total - hdl - 24,
    around(0.9, 0.4),
    around(14, 2),
  ];
  return labPanel.map(([code, display, unit], place) =>
    writeObservation(chart, visit, {
      category: 'laboratory',
      profile: 'observation-lab',
      code,
      display,
      value: { valueQuantity: quantity(values[place] ?? 0, unit) },
    }),
  );
}

/** What is asked once, at the first visit, and at every sixth after it. */
export function answersOf(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  const sdoh = concept('http://hl7.org/fhir/us/core/CodeSystem/us-core-category', 'sdoh', 'SDOH');
  const score = randomOf(chart.life, 'survey', visit.number).below(4);
  return [
    writeObservation(chart, visit, {
      category: 'social-history',
      profile: 'smokingstatus',
      code: '72166-2',
      display: 'Tobacco smoking status',
      value: { valueCodeableConcept: concept(systems.snomed, '266919005', 'Never smoked tobacco') },
    }),
    writeObservation(chart, visit, {
      category: 'social-history',
      profile: 'simple-observation',
      code: '76437-3',
      display: 'Primary insurance',
      value: { valueString: 'Private' },
      also: [sdoh],
    }),
    writeObservation(chart, visit, {
      category: 'survey',
      profile: 'observation-screening-assessment',
      code: '55758-7',
      display: 'Patient Health Questionnaire 2 item (PHQ-2) total score',
      value: { valueQuantity: quantity(score, '{score}') },
    }),
    writeObservation(chart, visit, {
      category: 'survey',
      profile: 'observation-screening-assessment',
      code: '71802-3',
      display: 'Housing status',
      value: { valueCodeableConcept: concept(systems.loinc, 'LA31993-1', 'I have a steady place to live') },
      also: [sdoh],
    }),
  ];
}

/** What a picture showed. */
export function imagingResult(chart: Chart, visit: DoctorVisit): FhirRecord {
  return writeObservation(chart, visit, {
    category: 'imaging',
    profile: 'observation-clinical-result',
    code: '18782-3',
    display: 'Radiology Study observation (narrative)',
    value: { valueString: 'Heart and lungs without finding.' },
  });
}

/** What was seen by looking. */
export function examResult(chart: Chart, visit: DoctorVisit): FhirRecord {
  return writeObservation(chart, visit, {
    category: 'exam',
    profile: 'simple-observation',
    code: '29545-1',
    display: 'Physical findings Narrative',
    value: { valueString: 'No distress.' },
  });
}
