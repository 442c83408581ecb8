import { writeDay } from '../life/calendar.ts';
import {
  concept,
  idOf,
  patientOf,
  createResource,
  reference,
  terminology,
  usCore,
  type Chart,
  type FhirRecord,
} from './chart.ts';
import { payer } from './places.ts';

/** Everything about people changed last on this day, before any visit. */
const enteredAt = Date.UTC(2023, 4, 1, 15);

function writeRace(part: 'race' | 'ethnicity', code: string, display: string) {
  return {
    url: usCore(part),
    extension: [
      { url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code, display } },
      { url: 'text', valueString: display },
    ],
  };
}

export function patient({ life, patientID }: Chart): FhirRecord {
  const [given = '', family = ''] = life.person.name.split(' ');
  return createResource(
    'Patient',
    { id: patientID, at: enteredAt, profile: usCore('patient') },
    {
      extension: [
        writeRace('race', '2131-1', 'Other Race'),
        writeRace('ethnicity', '2186-5', 'Not Hispanic or Latino'),
        { url: usCore('birthsex'), valueCode: life.sex === 'female' ? 'F' : 'M' },
      ],
      identifier: [
        {
          use: 'usual',
          type: concept(terminology('v2-0203'), 'MR', 'Medical record number'),
          system: 'urn:oid:2.16.840.1.113883.3.999.1',
          value: idOf(life, 'medical record number').slice(0, 8).toUpperCase(),
        },
      ],
      active: true,
      name: [{ use: 'official', text: life.person.name, family, given: [given] }],
      telecom: [
        // Numbers that are kept for fiction.
        { system: 'phone', value: '555-0142', use: 'home' },
        { system: 'email', value: `${given.toLowerCase()}@sandbox.example` },
      ],
      gender: life.sex,
      birthDate: writeDay(life.birthDay),
      address: [
        {
          use: 'home',
          line: ['12 Invented Lane'],
          city: 'Larkspur',
          state: 'AZ',
          postalCode: '85001',
          country: 'US',
        },
      ],
      communication: [{ language: concept('urn:ietf:bcp:47', 'en', 'English'), preferred: true }],
    },
  );
}

export function relatedPerson(chart: Chart): FhirRecord {
  const { life } = chart;
  const [, family = ''] = life.person.name.split(' ');
  const id = idOf(life, 'RelatedPerson');
  return createResource(
    'RelatedPerson',
    { id, at: enteredAt, profile: usCore('relatedperson') },
    {
      active: true,
      patient: patientOf(chart),
      relationship: [concept(terminology('v3-RoleCode'), 'SPS', 'spouse')],
      name: [{ family, given: ['Robin'] }],
      telecom: [{ system: 'phone', value: '555-0143' }],
    },
  );
}

export function coverageID({ life }: Chart): string {
  return idOf(life, 'Coverage');
}

export function coverage(chart: Chart): FhirRecord {
  const { life } = chart;
  const subscriberId = idOf(life, 'member').slice(0, 11).toUpperCase();
  const kind = concept(terminology('v3-ActCode'), 'HIP', 'health insurance plan policy');
  return createResource(
    'Coverage',
    { id: coverageID(chart), at: enteredAt, profile: usCore('coverage') },
    {
      identifier: [{ type: concept(terminology('v2-0203'), 'MB', 'Member Number'), value: subscriberId }],
      status: 'active',
      type: kind,
      subscriberId,
      beneficiary: patientOf(chart),
      relationship: concept(terminology('subscriber-relationship'), 'self', 'Self'),
      period: { start: '2023-01-01' },
      payor: [reference('Organization', payer.id, payer.name)],
      class: [
        {
          type: concept(terminology('coverage-class'), 'group', 'Group'),
          value: 'G-1001',
          name: 'Invented Employers',
        },
        {
          type: concept(terminology('coverage-class'), 'plan', 'Plan'),
          value: 'P-20',
          name: 'Harborlight Silver',
        },
      ],
    },
  );
}
