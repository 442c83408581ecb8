import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { readRecord } from '../definitions/usCore.ts';

const types = [
  'Patient',
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Coverage',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'ExplanationOfBenefit',
  'Goal',
  'Immunization',
  'InsurancePlan',
  'List',
  'Medication',
  'MedicationDispense',
  'MedicationRequest',
  'Observation',
  'Procedure',
] as const;

/** Aetna, at `https://apif1.aetna.com/fhir/v2/patientaccess`. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Aetna',
  category: 'Health Plan',
  checkedOn: '2026-11-22',
  sources: ['developerportal.aetna.com', 'Fasten Sources aetna', 'Lantern directories'],
  uncertain: {
    'auth.discovery': {
      certainty: 'medium',
      verify: 'that the configuration lies below the base, and not below https://apif1.aetna.com/fhir only',
    },
    'auth.scopes': {
      certainty: 'medium',
      verify: 'whether openid and offline_access are among scopes_supported',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'that no refresh token comes; accounts end with their access token until one does',
    },
    'auth.revoke': { certainty: 'medium', verify: 'revocation_endpoint in the configuration' },
  },
  recognises: { hosts: ['apif1.aetna.com', 'vteapif1.aetna.com'], publishers: ['Medicare_Aetna'] },
  auth: {
    ...smart,
    clientAuthentication: [{ method: 'none' }],
    scopes: [
      smartScopes.launchPatient,
      { ...smartScopes.openid, ask: 'optional' },
      smartScopes.fhirUser,
      smartScopes.profile,
      ...wholeRecord(types),
    ],
    refresh: { policy: 'none', accessTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'On the member website of Aetna, open your connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: { by: 'fhir', fhir: { versions: ['R4'], resources: readRecord(types), pageSize: 100 } },
});
