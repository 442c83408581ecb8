import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { errors, Provider, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { dstu2Types, usCoreTypes } from '../../../src/definitions/usCore.ts';
import type { RegisteredClient } from './clients.ts';
import { recordEvents, type OpenLedger } from './ledger.ts';
import { createMemoryAdapter } from './memoryAdapter.ts';
import { findPerson, type HonestPerson } from './people.ts';

export const loginHost = 'login.honest.example';
export const fhirHost = 'fhir.honest.example';
export const issuer = `https://${loginHost}`;
export const fhirBase = `https://${fhirHost}/r4`;

/** Scopes of the maker of bands. */
export const bandScopes = ['activity', 'sleep', 'heartrate'] as const;

const types = ['*', ...usCoreTypes, ...dstu2Types];
const recordScopes = types.flatMap((type) => [`patient/${type}.read`, `patient/${type}.rs`]);

export interface AuthorizationServerOptions {
  readonly clients: readonly RegisteredClient[];
  readonly ledger: OpenLedger;
  readonly accessTokenLifetimeS: number;
  isRegistered(redirectUri: string): boolean;
}

/**
 * The npm package oidc-provider as a vendor of health records would set it up: PKCE for everybody, rotation with
 * reuse detection, revocation, introspection, `iss` in every answer (RFC 9207), consent asked for each time.
 */
export function createAuthorizationServer(options: AuthorizationServerOptions): Provider {
  const provider = new Provider(issuer, configure(options));
  // The door to it says what the real address would be.
  provider.proxy = true;
  provider.Client.prototype.redirectUriAllowed = (uri) => options.isRegistered(uri);
  provider.use(completeRequest(options.ledger));
  provider.use(completeAnswer);
  recordEvents(provider, options.ledger);
  return provider;
}

function configure({ clients, accessTokenLifetimeS }: AuthorizationServerOptions): Configuration {
  const day = 86_400;
  return {
    adapter: createMemoryAdapter(),
    clients: clients.map(({ metadata }) => metadata),
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [{ ...createSigningKey(), kid: 'honest-1', use: 'sig', alg: 'RS256' }] },
    scopes: ['openid', 'offline_access', 'launch/patient', ...recordScopes, ...bandScopes],
    claims: { openid: ['sub'], profile: ['name'], fhirUser: ['fhirUser'] },
    // SMART wants `fhirUser` in the id_token itself.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    extraParams: { aud: checkAudience },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: accessTokenLifetimeS,
      AuthorizationCode: 60,
      IdToken: 3600,
      RefreshToken: 14 * day,
      Interaction: 3600,
      Session: day,
      Grant: 90 * day,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_, client, token) => token.clientId === client.clientId,
      },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
    },
    // Either of its tokens ends a participant's grant.
    revokeGrantPolicy: () => true,
    interactions: { url: (_, { uid }) => `${issuer}/interaction/${uid}` },
    findAccount: (_, sub) => {
      const person = findPerson(sub);
      return person && { accountId: sub, claims: () => ({ sub, ...describe(person) }) };
    },
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = `<!doctype html><title>Honest login</title><h1>${out.error.replaceAll(/[^a-z_]/g, '')}</h1>`;
    },
    clientBasedCORS: () => false,
  };
}

/** Signs id_tokens; a pair is slow to make. */
let signingKey: object | undefined;

function createSigningKey(): object {
  signingKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return signingKey;
}

function describe({ name, fhirUser }: HonestPerson) {
  return { name, fhirUser: `${fhirBase}/${fhirUser}` };
}

/** SMART App Launch 2.2: whoever wants a record names its server, and no counterfeit of it. */
function checkAudience(ctx: KoaContextWithOIDC, aud: unknown): void {
  const wantsRecord = ctx.oidc.requestParamScopes.has('launch/patient');
  if (aud === undefined ? wantsRecord : aud !== fhirBase && aud !== `${fhirBase}/`)
    throw new errors.InvalidRequest('aud is not the FHIR server');
}

type Middleware = Parameters<Provider['use']>[0];

/**
 * Nobody stays logged in here: each request begins with choosing a person. And consent is always asked for, which
 * lets `offline_access` through (OpenID Connect Core section 11) although SMART clients do not say `prompt=consent`.
 */
function completeRequest(ledger: OpenLedger): Middleware {
  return async (ctx, next) => {
    const cookies = (ctx.req.headers.cookie ?? '').split('; ');
    ctx.req.headers.cookie = cookies.filter((cookie) => !cookie.startsWith('_session')).join('; ');
    if (ctx.path === '/auth') {
      ledger.authorizationRequests.push({ ...ctx.query });
      ctx.query = { prompt: 'consent', ...ctx.query };
    }
    await next();
    if (ctx.path === '/token/revocation' && ctx.status === 200)
      ledger.revocations.push({ clientID: (ctx as KoaContextWithOIDC).oidc.client?.clientId });
  };
}

/** SMART App Launch 2.2, "Launch context arrives with your access_token". */
const completeAnswer: Middleware = async (ctx, next) => {
  await next();
  if (ctx.path !== '/token' || ctx.status !== 200) return;
  const { AccessToken: token } = (ctx as KoaContextWithOIDC).oidc.entities;
  const person = findPerson(token?.accountId ?? '');
  if (person !== undefined && token?.scopes.has('launch/patient') === true)
    ctx.body = { ...(ctx.body as object), patient: person.patientID, need_patient_banner: false };
};
