import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProviderCategory } from '../contract/provider.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { NamedDefinition } from './defineProvider.ts';
import { loadDefinitions } from './loadDefinitions.ts';
import { recogniseVendor } from './recogniseVendor.ts';

type Recognises = (NamedDefinition & { kind: 'vendor' })['recognises'];

let template: NamedDefinition & { kind: 'vendor' };
let shipped: readonly NamedDefinition[];

beforeAll(async () => {
  const definitions = await loadDefinitions(new URL('../providers', import.meta.url).pathname);
  shipped = [...definitions.values()];
  const found = definitions.get('smartOnFhir');
  if (found?.kind !== 'vendor') throw new Error('smartOnFhir is a vendor.');
  template = found;
});

function vendor(
  slug: string,
  recognises: Recognises,
  category: ProviderCategory = 'Provider',
): NamedDefinition {
  return { ...template, slug, category, recognises };
}

function invented(): NamedDefinition[] {
  return [
    vendor('fernhill', { hosts: ['*.fernhill.example.org'], publishers: ['Fernhill_Inc'] }),
    vendor('fernhillCloud', { hosts: ['*.cloud.fernhill.example.org'] }),
    vendor('fernhillGate', { hosts: ['gate.cloud.fernhill.example.org'] }),
    vendor('fernhillOffice', { endpointPrefixes: ['https://fhir.fernhill.example.org/office/'] }),
    vendor('fernhillOfficeTwo', { endpointPrefixes: ['https://fhir.fernhill.example.org/office/two/'] }),
    vendor('anyRecord', { everythingElse: true }),
    vendor('anyPlan', { everythingElse: true }, 'Health Plan'),
  ];
}

const cases: readonly [endpoint: string, publisher: string | undefined, slug: string][] = [
  ['https://fhir.fernhill.example.org/r4', undefined, 'fernhill'],
  ['https://a.b.fernhill.example.org/r4', undefined, 'fernhill'],
  ['https://fhir.fernhill.example.org:8443/r4', undefined, 'fernhill'],
  // A name that only ends alike, or the bare domain, is not below it.
  ['https://notfernhill.example.org/r4', undefined, 'anyRecord'],
  ['https://fernhill.example.org/r4', undefined, 'anyRecord'],
  ['https://fernhill.example.org.attacker.example.net/r4', undefined, 'anyRecord'],
  ['https://x.cloud.fernhill.example.org/r4', undefined, 'fernhillCloud'],
  ['https://gate.cloud.fernhill.example.org/r4', undefined, 'fernhillGate'],
  ['https://fhir.fernhill.example.org/office/1', undefined, 'fernhillOffice'],
  ['https://fhir.fernhill.example.org/office/two/1', undefined, 'fernhillOfficeTwo'],
  ['https://fhir.fernhill.example.org/officers/1', undefined, 'fernhill'],
  ['https://hospital.example.net/r4', 'Fernhill_Inc', 'fernhill'],
  ['https://hospital.example.net/r4', 'Fernhill_Inc_1', 'anyRecord'],
  ['https://gate.cloud.fernhill.example.org/r4', 'Fernhill_Inc', 'fernhillGate'],
];

describe('the vendor of an organisation', () => {
  it.each(cases)('%s of %s is %s: the most specific trait wins', (endpoint, publisher, slug) => {
    const traits = omitUndefined({
      endpoint,
      category: 'Provider',
      publisher,
    });
    expect(recogniseVendor(invented(), traits)).toBe(slug);
  });

  it('is the one for everything else only in its own category', () => {
    const endpoint = 'https://hospital.example.net/r4';
    expect(recogniseVendor(invented(), { endpoint, category: 'Health Plan' })).toBe('anyPlan');
    expect(recogniseVendor(invented(), { endpoint, category: 'Device Manufacturer' })).toBeUndefined();
  });

  it('never depends on the order of the files', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(invented(), { minLength: 7 }),
        fc.constantFrom(...cases),
        (definitions, [endpoint, publisher, slug]) => {
          const traits = { endpoint, category: 'Provider' as const };
          const found = recogniseVendor(
            definitions,
            omitUndefined({
              ...traits,
              publisher,
            }),
          );
          expect(found).toBe(slug);
        },
      ),
    );
  });

  it('is never a definition of a single provider', () => {
    const single = { ...template, kind: 'provider', slug: 'single' } as unknown as NamedDefinition;
    expect(
      recogniseVendor([single], { endpoint: 'https://a.example.org', category: 'Provider' }),
    ).toBeUndefined();
  });
});

describe('the vendors that are shipped', () => {
  it.each([
    ['https://epicproxy.et0434.epichosted.com/APIProxyPRD/api/FHIR/R4', 'Epic_Systems_Corporation', 'epic'],
    ['https://epicproxy.et0434.epichosted.com/APIProxyPRD/api/FHIR/R4', undefined, 'epic'],
    ['https://fhir.hospital.example.org/api/FHIR/R4', 'Epic_Systems_Corporation', 'epic'],
    ['https://fhir.kp.org/service/ptnt_care/EpicEdiFhirRoutingSvc/v2014/api/FHIR/R4', undefined, 'epic'],
    // Clinics of a plan, on the plan's domain.
    ['https://epic.clinics.cigna.com/api/FHIR/R4', 'Epic_Systems_Corporation', 'epic'],
    ['https://fhir-myrecord.cerner.com/r4/tenant', undefined, 'oracleHealth'],
    ['https://api.platform.athenahealth.com/fhir/r4', 'athenahealth_Inc', 'athenahealth'],
    ['https://api.preview.platform.athenahealth.com/fhir/r4', undefined, 'athenahealth'],
    ['https://fhir4.eclinicalworks.com/fhir/r4/DGIACA', undefined, 'eClinicalWorks'],
    ['https://fhir4.healow.com/fhir/r4/JAFJCD', undefined, 'eClinicalWorks'],
    [
      'https://fhir.fhirpoint.open.allscripts.com/fhirroute/fhir/1421',
      'Altera_Digital_Health_Inc',
      'veradigm',
    ],
    ['https://fhir.hospital.example.org/fhir', 'Altera_Digital_Health_Inc', 'smartOnFhir'],
    ['https://api.hospital.meditech.cloud/v1/uscore/R4', undefined, 'meditech'],
    [
      'https://mtrestapis.hospital.example.org/v1/uscore/R4',
      'Medical_Information_Technology_Inc_MEDITECH',
      'meditech',
    ],
    ['https://fhir.nextgen.com/nge/prod/fhir-api-r4/fhir/r4', 'NextGen_Healthcare', 'nextGenEnterprise'],
    ['https://fhir.meditouchehr.com/api/fhir/r4', 'NextGen_Healthcare', 'nextGenOffice'],
    ['https://api.va.gov/services/fhir/v0/r4', undefined, 'va'],
    ['https://fhir.netsmartcloud.com/uscore/v1', 'Netsmart_Technologies', 'smartOnFhir'],
  ])('recognise the record at %s, listed by %s, as %s', (endpoint, publisher, slug) => {
    const traits = omitUndefined({
      endpoint,
      category: 'Provider',
      publisher,
    });
    expect(recogniseVendor(shipped, traits)).toBe(slug);
  });

  it.each([
    ['https://apif1.aetna.com/fhir/v2/patientaccess', 'aetna'],
    ['https://fhir.cigna.com/PatientAccess/v1', 'cigna'],
    ['https://fhir.humana.com/api', 'humana'],
    ['https://public.fhir.flex.optum.com/R4', 'unitedHealthcare'],
    ['https://patient360.anthem.com/P360Member/api/fhir', 'elevance'],
    ['https://kpx-service-bus.kp.org/service/cdo/siae/healthplankpxv1rc/FHIR/api', 'kaiser'],
    ['https://production.api.centene.com/fhir', 'patientAccess'],
  ])('recognise the plan at %s as %s', (endpoint, slug) => {
    expect(recogniseVendor(shipped, { endpoint, category: 'Health Plan' })).toBe(slug);
  });

  it('share no host, prefix or publisher, and have one for everything else in a category', () => {
    const traits = shipped.flatMap((definition) =>
      definition.kind === 'vendor'
        ? [
            ...(definition.recognises.hosts ?? []),
            ...(definition.recognises.endpointPrefixes ?? []),
            ...(definition.recognises.publishers ?? []),
            ...(definition.recognises.everythingElse === true ? [definition.category] : []),
          ]
        : [],
    );
    expect(traits).toHaveLength(new Set(traits).size);
    expect(traits).toEqual(expect.arrayContaining(['Provider', 'Health Plan']));
  });
});
