import { defineProvider } from '../definitions/defineProvider.ts';
import { scopePerType, smart, smartErrors, smartScopes } from '../definitions/smart.ts';
import { readRecord } from '../definitions/usCore.ts';

const types = [
  'Patient',
  'AllergyIntolerance',
  'Condition',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Binary',
  'Encounter',
  'Immunization',
  'MedicationRequest',
  'Medication',
  'Observation',
  'Procedure',
  'Location',
  'Organization',
  'Practitioner',
  'PractitionerRole',
] as const;

/** Veterans Affairs (Lighthouse Patient Health API) at `https://api.va.gov/services/fhir/v0/r4`. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Veterans Affairs',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['developer.va.gov', 'department-of-veterans-affairs vets-api-clients', 'Fasten Sources vahealth'],
  uncertain: {
    'auth.discovery': {
      certainty: 'medium',
      verify: 'that the configuration at the FHIR base names the addresses below api.va.gov/oauth2/health/v1',
    },
    'auth.scopes': {
      certainty: 'medium',
      verify: 'the list of scopes on developer.va.gov; fhirUser above all',
    },
    'auth.revoke': { certainty: 'medium', verify: 'revocation_endpoint in the configuration' },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'medium',
      verify:
        'the 42 days without use of a page of 2022; the test server has 7, within which it is kept alive',
    },
    'rateLimits.0': {
      certainty: 'low',
      verify: 'requests a minute for the application, and the names of the headers in a real answer',
    },
    'delivery.fhir.resources': { certainty: 'medium', verify: 'the types of the capability statement' },
  },
  recognises: { hosts: ['*.va.gov'], publishers: ['Department_of_Veterans_Affairs'] },
  auth: {
    ...smart,
    discovery: ['smart-configuration', 'openid-configuration', 'metadata'],
    // With it the server refuses.
    aud: 'omit',
    clientAuthentication: [{ method: 'client_secret_basic' }, { method: 'none' }],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      { ...smartScopes.fhirUser, ask: 'optional' },
      smartScopes.profile,
      smartScopes.offlineAccess,
      ...scopePerType(types),
    ],
    refresh: {
      policy: 'rotating',
      accessTokenLifetimeS: 3600,
      refreshTokenLifetimeS: 3_628_800,
      keepAliveEveryS: 86_400,
    },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'On VA.gov, open your profile, then Connected apps, and disconnect this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [
    {
      counts: 'application',
      requests: 60,
      windowS: 60,
      headers: { limit: 'x-ratelimit-limit', remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' },
    },
  ],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4'],
      resources: readRecord(types),
      accept: 'application/fhir+json',
      pageSize: 100,
    },
  },
});
