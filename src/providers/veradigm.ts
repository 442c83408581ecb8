import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { dstu2Types, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...usCoreTypes, ...dstu2Types] as const;

/**
 * Veradigm (Allscripts) and its FollowMyHealth portal. Altera's hospitals, once Allscripts too, publish a
 * directory of their own; those on Veradigm's servers are Veradigm's, the others are served as anybody else.
 */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Veradigm (Allscripts)',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['Fasten Sources allscripts', 'open.allscripts.com', 'Lantern directories'],
  uncertain: {
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'that a public client gets refresh tokens, and whether one can be used twice; taken as used up',
    },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'medium',
      verify: 'how long a refresh token lives that is never used',
    },
    'auth.scopes.2.name': {
      certainty: 'medium',
      verify: 'whether it is asked for as fhirUser or as fhiruser; it is understood under both names',
    },
    'auth.userID.2': {
      certainty: 'low',
      verify: 'that the access token is a JWT with local_patient_id; an older client read the patient there',
    },
    'auth.revoke': { certainty: 'medium', verify: 'revocation_endpoint in the configuration' },
    'delivery.fhir.versions': {
      certainty: 'medium',
      verify: 'fhirVersion in the capability statements below /fhirroute/fhir and /fhirroute/open',
    },
  },
  recognises: {
    hosts: ['fhir.fhirpoint.open.allscripts.com', '*.veradigm.com'],
    publishers: ['Veradigm', 'Allscripts'],
  },
  auth: {
    ...smart,
    clientAuthentication: [{ method: 'none' }],
    userID: [...smart.userID, { from: 'access-token-claim', claim: 'local_patient_id' }],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      { ...smartScopes.fhirUser, alsoNamed: ['fhiruser'] },
      smartScopes.offlineAccess,
      ...wholeRecord(types),
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions:
        'In FollowMyHealth or the portal of your practice, remove this study from the linked apps.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4', 'DSTU2'],
      resources: readRecord(types),
      accept: 'application/fhir+json',
      pageSize: 100,
    },
  },
});
