import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';

/** A definition without a mistake, of a maker that does not exist, with other facts where given. */
export function buildDefinition(facts: object = {}): NamedDefinition {
  return {
    slug: 'meadow',
    kind: 'provider',
    name: 'Meadow',
    category: 'Device Manufacturer',
    checkedOn: '2026-01-02',
    sources: ['the vendor’s documentation'],
    auth: {
      kind: 'oauth2',
      authorizeUrl: 'https://meadow.example.org/authorize',
      tokenUrl: 'https://meadow.example.org/token',
      pkce: 'supported',
      clientAuthentication: [{ method: 'client_secret_post' }],
      scopes: [
        { name: 'sleep', label: 'Your sleep', releases: ['sleep'], ask: 'default' },
        { name: 'person', label: 'Who you are', releases: ['identity'], ask: 'required' },
      ],
      scopeSeparator: ' ',
      tokenAnswer: {},
      grantedScopes: { from: 'token-answer' },
      userID: [
        {
          from: 'call',
          call: { method: 'GET', url: 'https://meadow.example.org/me', authentication: 'bearer' },
          path: 'id',
          needsScope: 'person',
        },
      ],
      refresh: {
        policy: 'rotating',
        accessTokenLifetimeS: 3600,
        refreshTokenLifetimeS: 86_400,
        keepAliveEveryS: 43_200,
      },
      grantsPer: 'uncertain',
      revoke: {
        by: 'call',
        method: 'POST',
        url: 'https://meadow.example.org/revoke',
        authentication: 'client_secret_post',
        token: 'refresh',
        tokenIn: { place: 'form', name: 'token' },
        succeeds: [200],
        alreadyGone: [401],
      },
    },
    errors: [],
    rateLimits: [{ counts: 'application', requests: 100, windowS: 60 }],
    delivery: {
      by: 'notify-then-pull',
      resources: [
        {
          name: 'nights',
          releases: 'sleep',
          needsScope: 'sleep',
          method: 'GET',
          url: 'https://meadow.example.org/nights',
          range: { from: 'start', to: 'end', format: 'ymd', daysMax: 30 },
          paging: { by: 'none' },
          itemsAt: 'items',
        },
      ],
      webhook: {
        authentication: {
          by: 'hmac',
          header: 'x-signature',
          algorithm: 'sha256',
          encoding: 'hex-lower',
          key: 'client-secret',
          message: 'body',
        },
        answer: 200,
        body: 'json-object',
        userIDAt: 'user',
        events: [{ means: 'data', when: [], resources: ['nights'] }],
      },
    },
    ...facts,
  };
}

/** The definition with another value at each of these paths; undefined takes a member away. */
export function changeDefinition(
  definition: NamedDefinition,
  changes: Readonly<Record<string, unknown>>,
): NamedDefinition {
  const changed = structuredClone(definition) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.');
    const last = names.pop()!;
    let at = changed;
    for (const name of names) at = (at[name] ??= {}) as Record<string, unknown>;
    if (value === undefined) Reflect.deleteProperty(at, last);
    else at[last] = value;
  }
  return changed as unknown as NamedDefinition;
}
