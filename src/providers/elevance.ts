import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { claimTypes, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...claimTypes, ...usCoreTypes] as const;

/** Elevance Health: Anthem, Amerigroup and the other brands, each with bases of its own. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'Elevance Health (Anthem)',
  category: 'Health Plan',
  checkedOn: '2026-11-22',
  sources: ['totalview.healthos.elevancehealth.com', 'Fasten Sources anthem', 'Lantern directories'],
  uncertain: {
    'recognises.hosts': {
      certainty: 'medium',
      verify: 'whether bases on patient360 hosts still answer beside totalview.healthos.elevancehealth.com',
    },
    'auth.pkce': { certainty: 'medium', verify: 'that it is demanded since 2025-11-21 of all brands' },
    'auth.clientAuthentication': {
      certainty: 'medium',
      verify: 'whether identifier and secret go into the header or the body',
    },
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
    'auth.revoke': { certainty: 'medium', verify: 'revocation_endpoint in the configuration' },
    'delivery.fhir.everything': {
      certainty: 'medium',
      verify: 'that Patient/{id}/$everything answers at a production server',
    },
    'delivery.fhir.accept': { certainty: 'medium', verify: 'that application/fhir+json is not refused' },
  },
  recognises: {
    hosts: [
      '*.elevancehealth.com',
      '*.anthem.com',
      '*.amerigroup.com',
      '*.empireblue.com',
      '*.unicare.com',
      '*.simplyhealthcareplans.com',
    ],
    // Brands have domains of their own, some of which belong to other companies of the Blues as well.
    publishers: ['Medicare_ElevanceHealth(Anthem)'],
  },
  auth: {
    ...smart,
    aud: 'base-without-slash',
    pkce: 'required',
    clientAuthentication: [{ method: 'client_secret_basic' }, { method: 'client_secret_post' }],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.profile,
      smartScopes.offlineAccess,
      ...wholeRecord(types),
    ],
    refresh: {
      policy: 'rotating',
      accessTokenLifetimeS: 'unknown',
      refreshTokenLifetimeS: 'unknown',
      grantEnds: { from: 'consent', afterS: 7_776_000 },
    },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'On the member website of your plan, open your connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4'],
      resources: readRecord(types),
      accept: 'application/json+fhir',
      everything: true,
      pageSize: 50,
    },
  },
});
