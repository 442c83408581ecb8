import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { readRecord, usCoreTypes } from '../definitions/usCore.ts';

/** NextGen Office, once MediTouch: one endpoint for all practices, behind a Keycloak realm. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'NextGen Office',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['API Evangelist nextgen-healthcare', 'nextgen.com regulatory page of NextGen Office'],
  uncertain: {
    'auth.clientAuthentication': {
      certainty: 'medium',
      verify: 'token_endpoint_auth_signing_alg_values_supported of the realm',
    },
    'auth.scopes': { certainty: 'medium', verify: 'scopes_supported of the configuration' },
    'auth.refresh.policy': {
      certainty: 'low',
      verify:
        'whether the realm lets a refresh token be used twice; taken as used up, which is the safe side',
    },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'low',
      verify: 'refresh_expires_in of a real answer, with and without offline_access',
    },
    'delivery.fhir.resources': { certainty: 'medium', verify: 'the 26 types of the capability statement' },
  },
  recognises: { hosts: ['*.meditouchehr.com', '*.ngo.nextgenaws.net'] },
  auth: {
    ...smart,
    discovery: ['smart-configuration', 'openid-configuration', 'metadata'],
    // The realm.
    authorizationHosts: ['*.prod.ngo.nextgenaws.net'],
    clientAuthentication: [
      { method: 'private_key_jwt', algorithms: ['RS384', 'ES384'] },
      { method: 'client_secret_basic' },
      { method: 'client_secret_post' },
    ],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.offlineAccess,
      ...wholeRecord(usCoreTypes),
    ],
    // Keycloak's name for it; 0 for a token that does not end.
    tokenAnswer: { fields: { refresh_token_expires_in: 'refresh_expires_in' } },
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'In the patient portal of your practice, open the connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: { by: 'fhir', fhir: { versions: ['R4'], resources: readRecord(usCoreTypes), pageSize: 100 } },
});
