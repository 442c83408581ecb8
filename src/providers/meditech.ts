import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { dstu2Types, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...usCoreTypes, ...dstu2Types] as const;

/** MEDITECH, on each hospital's own host. The path names the level: `/v2/argonaut/v1`, `/v2/uscore/STU6`. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'MEDITECH',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['API Evangelist meditech', 'fhir.meditech.com', 'Fasten Sources meditech', 'Lantern directories'],
  uncertain: {
    'auth.scopes': {
      certainty: 'medium',
      verify: 'that offline_access is granted in production; it is advertised by the test server',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'whether a refresh token can be used twice; taken as used up, which is the safe side',
    },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'medium',
      verify: 'how long a refresh token lives that is never used',
    },
    'auth.revoke': {
      certainty: 'medium',
      verify: 'that production servers publish /oauth/revoke, as the test server does',
    },
    'delivery.fhir.everything': {
      certainty: 'medium',
      verify: 'that Patient/{id}/$everything answers at a production server',
    },
    'delivery.fhir.accept': {
      certainty: 'medium',
      verify: 'that R4 servers do not refuse application/json+fhir',
    },
  },
  recognises: {
    hosts: ['*.meditech.cloud', '*.meditech.global', '*.meditech.com'],
    publishers: ['Medical_Information_Technology_Inc_MEDITECH', 'MEDITECH'],
  },
  auth: {
    ...smart,
    discovery: ['smart-configuration', 'openid-configuration', 'metadata'],
    clientAuthentication: [
      { method: 'private_key_jwt', algorithms: ['RS384', 'ES384'] },
      { method: 'client_secret_post' },
      { method: 'client_secret_basic' },
    ],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.profile,
      smartScopes.offlineAccess,
      ...wholeRecord(types),
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'In the patient portal of your hospital, open the connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4', 'DSTU2'],
      resources: readRecord(types),
      accept: 'application/json+fhir',
      everything: true,
      pageSize: 100,
    },
  },
});
