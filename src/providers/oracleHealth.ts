import { defineProvider } from '../definitions/defineProvider.ts';
import { scopePerType, smart, smartErrors, smartScopes } from '../definitions/smart.ts';
import { readRecord, usCoreTypes } from '../definitions/usCore.ts';

/** Places and people that the record names; patients read them with scopes of a user. */
const named = ['Location', 'Organization', 'Practitioner'] as const;
const own = usCoreTypes.filter(
  (type) => type !== 'PractitionerRole' && !named.some((other) => other === type),
);

/** Oracle Health (Cerner Millennium), patient persona. It takes no wildcard: every type is asked for by name. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Oracle Health (Cerner)',
  category: 'Provider',
  checkedOn: '2026-11-29',
  sources: [
    'API Evangelist oracle-health and cerner',
    'Fasten Sources cerner',
    'cerner-fhir-developers group',
  ],
  uncertain: {
    'auth.scopes': {
      certainty: 'medium',
      verify: 'types that the registered application has; whether places and people want user/ or patient/',
    },
    'auth.revoke': {
      certainty: 'medium',
      verify: 'revocation_endpoint in the configuration of a production tenant',
    },
  },
  recognises: { hosts: ['*.cerner.com'], publishers: ['Cerner_Corporation', 'Cerner'] },
  auth: {
    ...smart,
    clientAuthentication: [
      { method: 'private_key_jwt', algorithms: ['RS384', 'ES384'] },
      { method: 'client_secret_basic' },
      { method: 'none' },
    ],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.offlineAccess,
      ...scopePerType(own),
      ...scopePerType(named).map((scope) => ({ ...scope, name: scope.name.replace('patient/', 'user/') })),
    ],
    tokenAnswer: {},
    // Counted from its last use. A suspended token, whose owner may approve it again, is refused like a revoked one.
    refresh: {
      policy: 'reusable',
      accessTokenLifetimeS: 570,
      refreshTokenLifetimeS: 7_776_000,
      keepAliveEveryS: 2_592_000,
      minimumIntervalS: 60,
    },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'In the patient portal of your provider, open the connected apps and remove this study.',
    },
  },
  errors: [
    // The record in the source lacks a required field; asking again changes nothing.
    {
      phases: ['data'],
      status: 500,
      body: { path: 'issue.0.code', in: ['required'] },
      verdict: 'failed',
    },
    ...smartErrors,
  ],
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4'],
      resources: readRecord([...own, ...named]),
      accept: 'application/fhir+json',
      pageSize: 100,
    },
  },
});
