import { defineProvider } from '../definitions/defineProvider.ts';
import { scopePerType, smart, smartErrors, smartScopes } from '../definitions/smart.ts';
import { readRecord } from '../definitions/usCore.ts';

const types = [
  'Patient',
  'Condition',
  'Coverage',
  'Encounter',
  'ExplanationOfBenefit',
  'Immunization',
  'MedicationDispense',
  'MedicationRequest',
  'Observation',
  'Procedure',
] as const;

/** UnitedHealthcare, on Optum's servers. The base that directories list is that of its public directory. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'UnitedHealthcare',
  category: 'Health Plan',
  checkedOn: '2026-11-22',
  sources: ['uhc.com interoperability pages', 'Fasten Sources unitedhealthcare', 'Lantern directories'],
  uncertain: {
    'recognises.hosts': {
      certainty: 'medium',
      verify:
        'the base for members: public.fhir.flex.optum.com/R4 is listed, but serves the public directory',
    },
    'auth.discovery': {
      certainty: 'medium',
      verify:
        'that the configuration at the member base names the production host below authz.flex.optum.com',
    },
    'auth.clientAuthentication': { certainty: 'medium', verify: 'that production takes public clients' },
    'auth.scopes.0': {
      certainty: 'medium',
      verify: 'that launch/patient is taken; one client goes without it',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'that no refresh token comes; accounts end with their access token until one does',
    },
    'auth.revoke': { certainty: 'medium', verify: 'revocation_endpoint in the configuration' },
  },
  recognises: {
    hosts: ['*.fhir.flex.optum.com'],
    publishers: ['Medicare_UnitedHealthGroup'],
  },
  auth: {
    ...smart,
    discovery: ['smart-configuration', 'openid-configuration', 'metadata'],
    clientAuthentication: [{ method: 'none' }],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.profile,
      ...scopePerType(types),
    ],
    refresh: { policy: 'none', accessTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions:
        'On the member website of UnitedHealthcare, open your connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: { by: 'fhir', fhir: { versions: ['R4'], resources: readRecord(types), pageSize: 50 } },
});
