import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { dstu2Types, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...usCoreTypes, ...dstu2Types] as const;

/** NextGen Enterprise: one endpoint for all practices. NextGen Office is another product with another server. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'NextGen Enterprise',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['API Evangelist nextgen-healthcare', 'Fasten Sources nextgen', 'Lantern directories'],
  uncertain: {
    'auth.pkce': {
      certainty: 'medium',
      verify: 'code_challenge_methods_supported; one client found nothing',
    },
    'auth.clientAuthentication': {
      certainty: 'medium',
      verify: 'whether identifier and secret go into the header or the body',
    },
    'auth.scopes': {
      certainty: 'medium',
      verify: 'that launch/patient and offline_access are taken; one client asks for neither',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'whether a refresh token can be used twice; taken as used up, which is the safe side',
    },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'medium',
      verify: 'the 48 hours, in the authorization guide of the Patient Access API',
    },
    'auth.revoke': {
      certainty: 'medium',
      verify: 'that the configuration publishes the address below /patient-oauth/token/revoke',
    },
    'delivery.fhir.accept': {
      certainty: 'medium',
      verify: 'that R4 servers do not refuse application/json+fhir',
    },
  },
  recognises: {
    // Under one name directories list Office too; its host is more specific than the publisher.
    hosts: ['*.nextgen.com'],
    publishers: ['NextGen_Healthcare'],
  },
  auth: {
    ...smart,
    // With it the server refuses.
    aud: 'omit',
    clientAuthentication: [{ method: 'client_secret_basic' }, { method: 'client_secret_post' }],
    scopes: [
      smartScopes.launchPatient,
      smartScopes.openid,
      smartScopes.fhirUser,
      smartScopes.offlineAccess,
      ...wholeRecord(types),
    ],
    refresh: {
      policy: 'rotating',
      accessTokenLifetimeS: 'unknown',
      refreshTokenLifetimeS: 172_800,
      keepAliveEveryS: 86_400,
    },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'In the patient portal of your practice, open the connected apps and remove this study.',
    },
  },
  errors: [
    { phases: ['data'], status: 404, body: { path: 'issue.0.code', in: ['not-found'] }, verdict: 'no-data' },
    // Without a code it is a search that lacks its category: there may well be records.
    { phases: ['data'], status: 404, body: { path: 'issue.0.severity', in: ['error'] }, verdict: 'failed' },
    ...smartErrors,
  ],
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: {
      versions: ['R4', 'DSTU2'],
      resources: readRecord(types),
      accept: 'application/json+fhir',
      pageSize: 100,
    },
  },
});
