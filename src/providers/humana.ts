import { defineProvider } from '../definitions/defineProvider.ts';
import { scopePerType, smart, smartErrors, smartScopes } from '../definitions/smart.ts';
import { readRecord } from '../definitions/usCore.ts';

const types = [
  'Patient',
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Coverage',
  'DocumentReference',
  'ExplanationOfBenefit',
  'Goal',
  'Immunization',
  'List',
  'MedicationRequest',
  'Observation',
  'Procedure',
] as const;

/** Humana, at `https://fhir.humana.com/api`; the test server is `https://sandbox-fhir.humana.com/api`. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Humana',
  category: 'Health Plan',
  checkedOn: '2026-11-22',
  sources: ['developers.humana.com', 'Fasten Sources humana', 'API Evangelist humana', 'Lantern directories'],
  uncertain: {
    'auth.clientAuthentication': {
      certainty: 'medium',
      verify: 'whether identifier and secret go into the header or the body',
    },
    'auth.scopes': {
      certainty: 'medium',
      verify: 'fhirUser, which one client leaves out, and a scope named internal, which it asks for',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'whether a refresh token can be used twice; taken as used up, which is the safe side',
    },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'medium',
      verify: 'how long a refresh token lives that is never used',
    },
    'auth.revoke': { certainty: 'medium', verify: 'revocation_endpoint in the configuration' },
    'delivery.fhir.everything': {
      certainty: 'medium',
      verify: 'that Patient/{id}/$everything answers at the production server',
    },
  },
  recognises: { hosts: ['fhir.humana.com', 'sandbox-fhir.humana.com'], publishers: ['Medicare_Humana'] },
  auth: {
    ...smart,
    clientAuthentication: [{ method: 'client_secret_basic' }, { method: 'client_secret_post' }],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.offlineAccess,
      ...scopePerType(types),
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'On the member website of Humana, open your connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: { versions: ['R4'], resources: readRecord(types), everything: true, pageSize: 50 },
  },
});
