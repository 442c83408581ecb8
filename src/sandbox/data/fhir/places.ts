import {
  concept,
  idOf,
  createResource,
  reference,
  systems,
  terminology,
  usCore,
  type FhirRecord,
} from './chart.ts';

/** What all patients share; it was there before any of them. */
const enteredAt = Date.UTC(2022, 0, 3, 12);

const address = {
  line: ['1 Three Herons Way'],
  city: 'Larkspur',
  state: 'AZ',
  postalCode: '85001',
  country: 'US',
};

interface Known {
  readonly id: string;
  readonly name: string;
}

function known(name: string): Known {
  return { id: idOf(undefined, name), name };
}

export const clinic = known('Three Herons Health System');
export const laboratory = known('Quarry Street Laboratory');
export const pharmacy = known('Old Ferry Pharmacy');
export const payer = known('Harborlight Health Plan');
export const room = known('Three Herons, Larkspur office');
export const doctor = { ...known('Tamsin Whitlow'), npi: '1999999984' };
export const specialist = { ...known('Osric Penhallow'), npi: '1999999976' };
export const doctorRole = known('Tamsin Whitlow at Three Herons');

const organizations = [
  [clinic, '1999999968', 'prov', 'Healthcare Provider'],
  [laboratory, '1999999950', 'prov', 'Healthcare Provider'],
  [pharmacy, '1999999943', 'prov', 'Healthcare Provider'],
  [payer, '1999999935', 'pay', 'Payer'],
] as const;

/** The identifier by which somebody is named where the server does not have the resource itself. */
export function npiOf(id: string): string | undefined {
  if (id === doctor.id) return doctor.npi;
  if (id === specialist.id) return specialist.npi;
  return organizations.find(([{ id: one }]) => one === id)?.[1];
}

function organization([{ id, name }, npi, type, words]: (typeof organizations)[number]): FhirRecord {
  return createResource(
    'Organization',
    { id, at: enteredAt, profile: usCore('organization') },
    {
      identifier: [{ system: systems.npi, value: npi }],
      active: true,
      type: [concept(terminology('organization-type'), type, words)],
      name,
      telecom: [{ system: 'phone', value: '555-0100' }],
      address: [address],
    },
  );
}

function practitioner({ id, name, npi }: typeof doctor): FhirRecord {
  const [given = '', family = ''] = name.split(' ');
  return createResource(
    'Practitioner',
    { id, at: enteredAt, profile: usCore('practitioner') },
    {
      identifier: [{ system: systems.npi, value: npi }],
      active: true,
      name: [{ text: `Dr. ${name}`, family, given: [given], prefix: ['Dr.'] }],
      telecom: [{ system: 'phone', value: '555-0101' }],
      address: [address],
    },
  );
}

/** Organisations, places and the people who work there. */
export function listPlaces(): readonly FhirRecord[] {
  return [
    ...organizations.map(organization),
    practitioner(doctor),
    practitioner(specialist),
    createResource(
      'PractitionerRole',
      { id: doctorRole.id, at: enteredAt, profile: usCore('practitionerrole') },
      {
        active: true,
        practitioner: reference('Practitioner', doctor.id, doctor.name),
        organization: reference('Organization', clinic.id, clinic.name),
        code: [concept('http://nucc.org/provider-taxonomy', '207Q00000X', 'Family Medicine Physician')],
        specialty: [concept('http://nucc.org/provider-taxonomy', '207Q00000X', 'Family Medicine Physician')],
        location: [reference('Location', room.id, room.name)],
        telecom: [{ system: 'phone', value: '555-0101' }],
      },
    ),
    createResource(
      'Location',
      { id: room.id, at: enteredAt, profile: usCore('location') },
      {
        status: 'active',
        name: room.name,
        type: [concept(terminology('v3-RoleCode'), 'OF', 'Outpatient facility')],
        telecom: [{ system: 'phone', value: '555-0100' }],
        address,
        managingOrganization: reference('Organization', clinic.id, clinic.name),
      },
    ),
  ];
}
