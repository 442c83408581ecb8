import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { ClientAuthentication, Scope } from '../../src/definitions/shape/auth.ts';
import { smartScopes } from '../../src/definitions/smart.ts';
import type { HonestServer } from '../fakes/honestServer.ts';
import { reachableCatalogue, type ReachableCatalogue } from './reachableCatalogue.ts';
import { buildRecordDefinition } from './recordDefinition.ts';
import type { Study } from './study.ts';

export const honestRecordSlug = 'honestRecord';
export const honestBandSlug = 'honestBand';

/** Two ways to the honest server, a vendor of health records and a maker of bands, with credentials for both. */
export function honestCatalogue(
  server: HonestServer,
  choice: {
    readonly clientAuthentication: ClientAuthentication;
    /** Default: v2. */
    readonly scopeVersion?: 'v1' | 'v2';
  },
): ReachableCatalogue {
  const { clientAuthentication } = choice;
  const credentials = server.credentialsFor(clientAuthentication);
  const record = buildRecordDefinition({
    ...choice,
    slug: honestRecordSlug,
    name: 'Honest Records',
    host: new URL(server.fhirBase).host,
  });
  const { door } = server;
  return reachableCatalogue([
    { definition: record, credentials, door },
    { definition: describeBand(server.issuer, clientAuthentication), credentials, door },
  ]);
}

/** Rows for what the honest server offers: a clinic on it, and the band. */
export async function addHonestProviders(
  study: Study,
  server: HonestServer,
): Promise<{ readonly recordID: number; readonly bandID: number }> {
  return {
    recordID: await study.addProvider({
      name: 'Honest Clinic',
      category: 'Provider',
      definition: honestRecordSlug,
      endpointUrl: server.fhirBase,
    }),
    bandID: await study.addProvider({
      name: 'Honest Band',
      category: 'Device Manufacturer',
      definition: honestBandSlug,
    }),
  };
}

const bandScopes: readonly [Scope, ...Scope[]] = [
  smartScopes.openid,
  smartScopes.profile,
  smartScopes.offlineAccess,
  { name: 'activity', label: 'Your steps', releases: ['activity'], ask: 'default' },
  { name: 'sleep', label: 'Your sleep', releases: ['sleep'], ask: 'default' },
  { name: 'heartrate', label: 'Your heart rate', releases: ['heart-rate'], ask: 'optional' },
];

function describeBand(issuer: string, clientAuthentication: ClientAuthentication): NamedDefinition {
  const userinfo = { method: 'GET', url: `${issuer}/me` } as const;
  return {
    slug: honestBandSlug,
    kind: 'provider',
    name: 'Honest Band',
    category: 'Device Manufacturer',
    checkedOn: '2026-11-22',
    sources: ['npm oidc-provider 9'],
    auth: {
      kind: 'oauth2',
      authorizeUrl: `${issuer}/auth`,
      tokenUrl: `${issuer}/token`,
      introspectUrl: `${issuer}/token/introspection`,
      pkce: 'required',
      clientAuthentication: [clientAuthentication],
      scopes: bandScopes,
      scopeSeparator: ' ',
      tokenAnswer: {},
      grantedScopes: { from: 'token-answer' },
      userID: [
        {
          from: 'call',
          call: { ...userinfo, authentication: 'bearer' },
          path: 'sub',
          needsScope: 'openid',
        },
      ],
      refresh: {
        policy: 'rotating',
        accessTokenLifetimeS: 3600,
        refreshTokenLifetimeS: 14 * 86_400,
        keepAliveEveryS: 7 * 86_400,
      },
      grantsPer: 'uncertain',
      revoke: describeRevocation(`${issuer}/token/revocation`, clientAuthentication),
    },
    errors: [],
    rateLimits: [],
    // What the band measured is not served; who wears it is.
    delivery: {
      by: 'pull',
      resources: [
        {
          ...userinfo,
          name: 'userinfo',
          releases: 'identity',
          needsScope: 'openid',
          paging: { by: 'none' },
          itemsAt: '',
        },
      ],
    },
  };
}

/** RFC 7009, as far as a definition of an `oauth2` provider can say it: with a secret. */
function describeRevocation(url: string, { method }: ClientAuthentication) {
  if (method !== 'client_secret_basic' && method !== 'client_secret_post')
    return {
      by: 'participant',
      instructions: 'Open your account at Honest Band and end the access.',
    } as const;
  return {
    by: 'call',
    method: 'POST',
    url,
    authentication: method,
    token: 'refresh',
    tokenIn: { place: 'form', name: 'token' },
    succeeds: [200],
    alreadyGone: [],
  } as const;
}
