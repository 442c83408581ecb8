import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { claimTypes, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...claimTypes, ...usCoreTypes] as const;

/** Cigna, at `https://fhir.cigna.com/PatientAccess/v1`. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Cigna',
  category: 'Health Plan',
  checkedOn: '2026-11-22',
  sources: ['developer.cigna.com', 'Fasten Sources cigna', 'API Evangelist cigna', 'Lantern directories'],
  uncertain: {
    'auth.discovery': {
      certainty: 'medium',
      verify:
        'the production host of authorization: r-hi2.cigna.com, which is published, looks like a test host',
    },
    'auth.clientAuthentication': { certainty: 'medium', verify: 'that production takes public clients' },
    'auth.scopes.0': {
      certainty: 'medium',
      verify: 'that launch/patient is taken; one client goes without it',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'whether a refresh token can be used twice; taken as used up, which is the safe side',
    },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'medium',
      verify: 'how long a refresh token lives that is never used',
    },
    'auth.revoke': { certainty: 'low', verify: 'whether there is any call to revoke' },
    'delivery.fhir.everything': {
      certainty: 'medium',
      verify: 'that Patient/{id}/$everything answers at the production server',
    },
  },
  // The host alone: Cigna's own clinics are Epic's, on other hosts of the same domain.
  recognises: { hosts: ['fhir.cigna.com'], publishers: ['Medicare_Cigna'] },
  auth: {
    ...smart,
    // With it the server refuses.
    aud: 'omit',
    clientAuthentication: [{ method: 'none' }],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.offlineAccess,
      ...wholeRecord(types),
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'On myCigna, open your connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: { versions: ['R4'], resources: readRecord(types), everything: true, pageSize: 50 },
  },
});
