import { dayMs, writeInstant } from '../life/calendar.ts';
import {
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
  type Chart,
  type FhirRecord,
  type DoctorVisit,
} from './chart.ts';
import { imagingResult, labPanel, labResults, observationID } from './observations.ts';
import { clinic, doctor, laboratory, room, specialist } from './places.ts';

export function encounter(chart: Chart, visit: DoctorVisit): FhirRecord {
  const { number, startsAt, endsAt, writtenAt } = visit;
  const id = idOf(chart.life, `Encounter ${number}`);
  const period = { start: writeInstant(startsAt), end: writeInstant(endsAt) };
  return createResource(
    'Encounter',
    { id, at: writtenAt, profile: usCore('encounter') },
    {
      identifier: [{ system: 'urn:oid:2.16.840.1.113883.3.999.2', value: id.slice(0, 10) }],
      status: 'finished',
      class: { system: terminology('v3-ActCode'), code: 'AMB', display: 'ambulatory' },
      type: [concept(systems.cpt, '99213', 'Office visit, established patient')],
      subject: patientOf(chart),
      participant: [
        {
          type: [concept(terminology('v3-ParticipationType'), 'PPRF', 'primary performer')],
          period,
          individual: reference('Practitioner', doctor.id, doctor.name),
        },
      ],
      period,
      reasonCode: [concept(systems.snomed, '185349003', 'Encounter for check up')],
      location: [{ location: reference('Location', room.id, room.name) }],
      serviceProvider: reference('Organization', clinic.id, clinic.name),
    },
  );
}

/** The order, the blood, its results and the report about them. */
export function laboratoryWork(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  const { life } = chart;
  const { number, startsAt, writtenAt } = visit;
  const panel = concept(systems.loinc, '24323-8', 'Comprehensive metabolic panel');
  const order = idOf(life, `ServiceRequest ${number}`);
  const reportedAt = writtenAt + dayMs;
  const subject = patientOf(chart);
  const drawn = writeInstant(startsAt);
  return [
    createResource(
      'ServiceRequest',
      { id: order, at: writtenAt, profile: usCore('servicerequest') },
      {
        status: 'completed',
        intent: 'order',
        category: [concept(systems.snomed, '108252007', 'Laboratory procedure')],
        code: panel,
        subject,
        encounter: encounterOf(chart, visit),
        occurrenceDateTime: drawn,
        authoredOn: drawn,
        requester: reference('Practitioner', doctor.id, doctor.name),
      },
    ),
    createResource(
      'Specimen',
      { id: idOf(life, `Specimen ${number}`), at: writtenAt, profile: usCore('specimen') },
      {
        identifier: [{ value: idOf(life, `accession ${number}`).slice(0, 8) }],
        status: 'available',
        type: concept(systems.snomed, '119297000', 'Blood specimen'),
        subject,
        collection: { collectedDateTime: drawn },
      },
    ),
    ...labResults(chart, visit),
    createResource(
      'DiagnosticReport',
      {
        id: idOf(life, `DiagnosticReport ${number}`),
        at: reportedAt,
        profile: usCore('diagnosticreport-lab'),
      },
      {
        basedOn: [reference('ServiceRequest', order)],
        status: 'final',
        category: [concept(terminology('v2-0074'), 'LAB', 'Laboratory')],
        code: panel,
        subject,
        encounter: encounterOf(chart, visit),
        effectiveDateTime: drawn,
        issued: writeInstant(reportedAt),
        performer: [reference('Organization', laboratory.id, laboratory.name)],
        specimen: [reference('Specimen', idOf(life, `Specimen ${number}`))],
        result: labPanel.map(([code, display]) =>
          reference('Observation', observationID(chart, visit, code), display),
        ),
      },
    ),
  ];
}

/** A picture of the chest, what it showed, and the report. */
export function imagingWork(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  const { life } = chart;
  const { number, startsAt, writtenAt } = visit;
  const id = idOf(life, `DiagnosticReport imaging ${number}`);
  return [
    imagingResult(chart, visit),
    createResource(
      'DiagnosticReport',
      { id, at: writtenAt, profile: usCore('diagnosticreport-note') },
      {
        status: 'final',
        category: [concept(systems.loinc, 'LP29684-5', 'Radiology')],
        code: concept(systems.loinc, '36643-5', 'XR Chest 2 Views'),
        subject: patientOf(chart),
        encounter: encounterOf(chart, visit),
        effectiveDateTime: writeInstant(startsAt),
        issued: writeInstant(writtenAt),
        performer: [reference('Practitioner', specialist.id, specialist.name)],
        result: [reference('Observation', observationID(chart, visit, '18782-3'))],
        conclusion: 'Heart and lungs without finding.',
      },
    ),
  ];
}

export function procedure(chart: Chart, visit: DoctorVisit): FhirRecord {
  const id = idOf(chart.life, `Procedure ${visit.number}`);
  return createResource(
    'Procedure',
    { id, at: visit.writtenAt, profile: usCore('procedure') },
    {
      status: 'completed',
      code: concept(systems.snomed, '428191000124101', 'Documentation of current medications'),
      subject: patientOf(chart),
      encounter: encounterOf(chart, visit),
      performedDateTime: writeInstant(visit.startsAt),
      performer: [{ actor: reference('Practitioner', doctor.id, doctor.name) }],
    },
  );
}

const vaccines = [
  ['140', 'Influenza, seasonal, injectable, preservative free'],
  ['115', 'Tdap'],
  ['309', 'COVID-19, mRNA'],
] as const;

export function immunization(chart: Chart, visit: DoctorVisit): FhirRecord {
  const [code, display] = vaccines[Math.floor(visit.number / 4) % vaccines.length] ?? vaccines[0];
  const id = idOf(chart.life, `Immunization ${visit.number}`);
  return createResource(
    'Immunization',
    { id, at: visit.writtenAt, profile: usCore('immunization') },
    {
      status: 'completed',
      vaccineCode: concept(systems.cvx, code, display),
      patient: patientOf(chart),
      encounter: encounterOf(chart, visit),
      occurrenceDateTime: dateOf(visit.startsAt),
      primarySource: true,
      location: reference('Location', room.id, room.name),
      lotNumber: id.slice(0, 6).toUpperCase(),
      performer: [{ actor: reference('Practitioner', doctor.id, doctor.name) }],
    },
  );
}
