import { defineProvider } from '../definitions/defineProvider.ts';
import { scopePerType, smart, smartErrors, smartScopes } from '../definitions/smart.ts';
import { readRecord } from '../definitions/usCore.ts';

const types = [
  'Patient',
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Binary',
  'Encounter',
  'Goal',
  'Immunization',
  'MedicationRequest',
  'Medication',
  'Observation',
  'Procedure',
  'Provenance',
  'Location',
  'Organization',
  'Practitioner',
] as const;

/** Athenahealth: all practices share one endpoint, and which of them a patient means is settled while logging in. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'athenahealth',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['API Evangelist athenahealth', 'Fasten Sources athena', 'Nango providers', 'Lantern directories'],
  uncertain: {
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'whether a refresh token can be used twice; taken as used up, which is the safe side',
    },
    'auth.refresh.accessTokenLifetimeS': { certainty: 'medium', verify: 'expires_in of a real answer' },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'medium',
      verify: 'how long a refresh token lives that is never used',
    },
    'rateLimits.0.counts': { certainty: 'medium', verify: 'whose requests count together in production' },
  },
  recognises: {
    hosts: ['*.athenahealth.com'],
    publishers: ['athenahealth_Inc', 'AthenaClinicals', 'AthenaHealth'],
  },
  auth: {
    ...smart,
    clientAuthentication: [
      { method: 'client_secret_basic' },
      { method: 'client_secret_post' },
      { method: 'none' },
    ],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.profile,
      smartScopes.offlineAccess,
      ...scopePerType(types),
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 3600, refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    // The configuration of 2026-08-14 names /oauth2/v1/revoke.
    revoke: {
      by: 'discovery',
      instructions: 'In the patient portal of your practice, open the connected apps and remove this study.',
    },
  },
  errors: [
    // A search that lacks a parameter looks like a missing scope, but names each set of parameters that would do.
    {
      phases: ['data'],
      status: 403,
      bodyNot: { path: 'issue.0.expression.1', in: [] },
      verdict: 'failed',
    },
    ...smartErrors,
  ],
  // On every answer of the recorded test server.
  rateLimits: [
    {
      counts: 'application',
      requests: 500,
      windowS: 1,
      headers: { limit: 'ratelimit-limit', remaining: 'ratelimit-remaining', reset: 'ratelimit-reset' },
    },
  ],
  delivery: { by: 'fhir', fhir: { versions: ['R4'], resources: readRecord(types), pageSize: 100 } },
});
