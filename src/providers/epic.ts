import { defineProvider } from '../definitions/defineProvider.ts';
import { scopePerType, smart, smartErrors, smartScopes } from '../definitions/smart.ts';
import { conditionsByCategory, dstu2Types, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...usCoreTypes, ...dstu2Types] as const;

/** Epic (MyChart). What an application may read is fixed when it is registered; asking for it changes nothing. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Epic',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['fhir.epic.com', 'Fasten Sources epic', 'Health Skillz', 'API Evangelist epic-systems'],
  uncertain: {
    'auth.clientAuthentication': {
      certainty: 'medium',
      verify:
        'the date from which private_key_jwt is demanded, and ES384, in the client settings at fhir.epic.com',
    },
    'auth.scopes': {
      certainty: 'medium',
      verify:
        'whether an application with persistent access gets a refresh token without asking offline_access',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'that the old refresh token is dead after one use, with a test patient',
    },
    'auth.refresh.grantEnds': {
      certainty: 'medium',
      verify: 'that the refresh token is a JWT with exp; introspection tells the date otherwise',
    },
    'delivery.fhir.accept': {
      certainty: 'medium',
      verify: 'that R4 servers take application/fhir+json as well',
    },
    'delivery.fhir.resources': {
      certainty: 'medium',
      verify:
        'the categories of Observation beyond the standard ones, in the documentation of Observation.Search',
    },
  },
  terms: {
    notes: [
      'Refresh tokens need an application with persistent access, which each organisation switches on itself.',
      'Many organisations cannot fetch a JWKS address: upload an RSA key as a static key set; EC keys were refused.',
      'A wrong key shows as invalid_client and nothing more.',
    ],
  },
  recognises: {
    hosts: ['*.epichosted.com', '*.epic.com'],
    // Kaiser's hospitals, on the host of Kaiser's other interfaces.
    endpointPrefixes: ['https://fhir.kp.org/service/ptnt_care/EpicEdiFhirRoutingSvc/'],
    publishers: ['Epic_Systems_Corporation', 'Epic'],
  },
  auth: {
    ...smart,
    clientAuthentication: [{ method: 'private_key_jwt', algorithms: ['RS384', 'ES384'] }],
    scopes: [
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.profile,
      { ...smartScopes.launchPatient, ask: 'registered' },
      { ...smartScopes.offlineAccess, ask: 'optional' },
      ...scopePerType(types, 'registered'),
    ],
    // Rolling, towards an end that the patient chooses (one hour at the least) and that no refresh moves.
    refresh: {
      policy: 'rotating',
      accessTokenLifetimeS: 3600,
      refreshTokenLifetimeS: 'unknown',
      grantEnds: { from: 'refresh-token-claim', claim: 'exp' },
    },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions:
        'In MyChart, open Menu, then Linked Apps and Devices, and remove the access of this study.',
    },
  },
  errors: [
    // A search without a result, told as a warning; a record that was deleted.
    {
      phases: ['data'],
      body: { path: 'issue.0.details.coding.0.code', in: ['4101', 4101, '4103'] },
      verdict: 'no-data',
    },
    // The pages of a search have run out, and it has to start over: nothing says that there are no more.
    {
      phases: ['data'],
      body: { path: 'issue.0.details.coding.0.code', in: ['4113'] },
      verdict: 'retry-later',
    },
    // The day's quota of documents.
    {
      phases: ['data'],
      body: { path: 'issue.0.details.coding.0.code', in: ['4135'] },
      verdict: 'rate-limited',
    },
    ...smartErrors,
  ],
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4', 'DSTU2'],
      resources: readRecord(types, { Condition: conditionsByCategory }),
      accept: 'application/json+fhir',
      pageSize: 100,
    },
  },
});
