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
  'PractitionerRole',
] as const;

/** The eClinicalWorks record, where patients log in with healow; one endpoint for each practice. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'eClinicalWorks',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['API Evangelist eclinicalworks', 'fhir.eclinicalworks.com', 'Fasten Sources eclinicalworks'],
  uncertain: {
    'auth.scopes.0': {
      certainty: 'medium',
      verify: 'that launch/patient is taken for the standalone launch; one client goes without it',
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
      verify: 'whether the configuration has a revocation_endpoint; none was seen',
    },
    'delivery.fhir.accept': { certainty: 'medium', verify: 'that application/fhir+json is not refused' },
  },
  terms: { notes: ['Refresh tokens are given to confidential clients only.'] },
  recognises: {
    hosts: ['*.eclinicalworks.com', '*.healow.com', '*.ecwcloud.com'],
    publishers: ['eClinicalWorks_LLC', 'eClinicalWorks'],
  },
  auth: {
    ...smart,
    aud: 'base-without-slash',
    clientAuthentication: [
      { method: 'private_key_jwt', algorithms: ['RS384'] },
      { method: 'client_secret_basic' },
      { method: 'client_secret_post' },
    ],
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
      instructions: 'In the healow app or portal, open the apps that you have linked and remove this study.',
    },
  },
  errors: smartErrors,
  // Since 2025-10-07. Calls to authorize and for tokens count as well; the refusal (429) tells nothing more.
  rateLimits: [{ counts: 'base-url', requests: 250, windowS: 60, window: 'clock' }],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4'],
      resources: readRecord(types),
      accept: 'application/json+fhir',
      pageSize: 100,
    },
  },
});
