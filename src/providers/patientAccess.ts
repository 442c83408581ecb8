import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { claimTypes, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...claimTypes, ...usCoreTypes] as const;

/** Any health plan with the Patient Access interface that CMS demands (CARIN Blue Button, Da Vinci PDex). */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Patient Access',
  category: 'Health Plan',
  checkedOn: '2026-11-22',
  sources: ['HL7 CARIN Blue Button', 'HL7 Da Vinci PDex', 'HL7 SMART App Launch 2.2', 'Lantern directories'],
  uncertain: {
    'auth.aud': {
      certainty: 'medium',
      verify: 'whether the plan wants it; Cigna refuses with it and has a file of its own',
    },
    'auth.clientAuthentication': {
      certainty: 'medium',
      verify: 'token_endpoint_auth_methods_supported of each server; the first that both know is used',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'per plan; taken as used up at once, which is the safe side',
    },
  },
  terms: { notes: ['Each plan wants the application registered with it; some take UDAP registration.'] },
  recognises: { everythingElse: true },
  auth: {
    ...smart,
    aud: 'base-without-slash',
    scopeVersion: 'v2',
    clientAuthentication: [
      { method: 'private_key_jwt', algorithms: ['RS384', 'ES384'] },
      { method: 'client_secret_basic' },
      { method: 'client_secret_post' },
      { method: 'none' },
    ],
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
      instructions: 'On the member website of your plan, open your connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: { by: 'fhir', fhir: { versions: ['R4'], resources: readRecord(types), pageSize: 50 } },
});
