import { defineProvider } from '../definitions/defineProvider.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../definitions/smart.ts';
import { dstu2Types, readRecord, usCoreTypes } from '../definitions/usCore.ts';

const types = [...usCoreTypes, ...dstu2Types] as const;

/** Any health record that follows SMART App Launch and US Core, of a vendor that no other file knows. */
export const provider = defineProvider({
  kind: 'vendor',
  name: 'SMART on FHIR',
  category: 'Provider',
  checkedOn: '2026-11-22',
  sources: ['HL7 SMART App Launch 2.2', 'US Core', 'Fasten Sources', 'Lantern directories'],
  uncertain: {
    'auth.aud': {
      certainty: 'medium',
      verify: 'AdvancedMD and Quest refuse with it, and want files of their own before participants connect',
    },
    'auth.responseMode': {
      certainty: 'medium',
      verify: 'MEDHOST and One Medical answer in the fragment unless response_mode=query is understood',
    },
    'auth.clientAuthentication': {
      certainty: 'medium',
      verify: 'token_endpoint_auth_methods_supported of each server; the first that both know is used',
    },
    'auth.refresh.policy': {
      certainty: 'medium',
      verify: 'per server; taken as used up at once, which is the safe side',
    },
  },
  terms: { notes: ['Each vendor, and often each organisation, wants the application registered with it.'] },
  recognises: { everythingElse: true },
  auth: {
    ...smart,
    // MEDHOST, Netsmart, Qualifacts, One Medical, CareEvolution, Flatiron and Darena compare it so.
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
    // Servers that know only the fragment otherwise; those that know neither parameter ignore it.
    authorizeParameters: { response_mode: 'query' },
    responseMode: 'query',
    refresh: { policy: 'rotating', accessTokenLifetimeS: 'unknown', refreshTokenLifetimeS: 'unknown' },
    grantsPer: 'uncertain',
    revoke: {
      by: 'discovery',
      instructions: 'In the patient portal of your provider, open the connected apps and remove this study.',
    },
  },
  errors: smartErrors,
  rateLimits: [],
  delivery: {
    by: 'fhir',
    fhir: { versions: ['R4', 'STU3', 'DSTU2'], resources: readRecord(types), pageSize: 50 },
  },
});
