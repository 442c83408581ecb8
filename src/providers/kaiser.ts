import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { claimTypes, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...claimTypes, ...usCoreTypes] as const;

/**
 * Kaiser Permanente as a health plan, at `https://kpx-service-bus.kp.org/service/cdo/siae/healthplankpxv1rc/FHIR/api`.
 * Its hospitals are Epic's, on another host.
 */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Kaiser Permanente',
  category: 'Health Plan',
  checkedOn: '2026-11-22',
  sources: ['developer.kp.org', 'Fasten Sources kaiser', 'Lantern directories'],
  uncertain: {
    'recognises.hosts': { certainty: 'medium', verify: 'the production base, on developer.kp.org' },
    'auth.clientAuthentication': {
      certainty: 'medium',
      verify: 'whether identifier and secret go into the header or the body',
    },
    'auth.scopes': {
      certainty: 'medium',
      verify: 'openid and fhirUser, which one client leaves out',
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
    'delivery.fhir.resources': {
      certainty: 'low',
      verify: 'that claims are the only thing that is searched, and the spelling of its _include',
    },
  },
  recognises: { hosts: ['kpx-service-bus.kp.org'], publishers: ['Medicare_KaiserPermanente'] },
  auth: {
    ...smart,
    clientAuthentication: [{ method: 'client_secret_basic' }, { method: 'client_secret_post' }],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.offlineAccess,
      ...wholeRecord(types),
      {
        name: 'sandbox',
        label: 'Invented test data in place of your own',
        releases: ['identity'],
        // Only the test server knows it, and only with it does that server answer.
        ask: 'optional',
      },
    ],
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'On kp.org, open your connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4'],
      // What claims refer to comes with them.
      resources: readRecord(types, { ExplanationOfBenefit: [{ _include: '*' }] }),
      pageSize: 50,
    },
  },
});
