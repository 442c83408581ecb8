import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import { rotates } from './refreshPolicy.ts';
import type { PlayedGrant, Token } from './grantStore.ts';

/** What an answer of the token endpoint is made of. */
export interface IssuedTokens {
  readonly grant: PlayedGrant;
  readonly access?: Token;
  /** Left out where the old one goes on, or there is none. */
  readonly refresh?: Token;
}

/** For a code: the first tokens of a consent. */
export function issueFirstTokens(provider: PlayedProvider, grant: PlayedGrant): IssuedTokens {
  const access = issueAccess(provider, grant);
  return grant.mayRefresh ? { grant, access, refresh: issueRefresh(provider, grant) } : { grant, access };
}

/** For a refresh token that is good. */
export function issueNextTokens(
  provider: PlayedProvider,
  old: Token,
  { mayRefresh }: { readonly mayRefresh: boolean },
): IssuedTokens {
  const { auth, store } = provider;
  const { grant } = old;
  const now = provider.now();
  old.spentAt ??= now;
  grant.refreshes++;
  const { refresh: policy } = auth;
  if (policy.policy === 'extends-in-place') {
    const expiresAt = now + (provider.dials().accessTokenLifetimeS ?? policy.extendsByS) * 1_000;
    // Whether or not they have expired: only what was revoked stays dead.
    for (const token of grant.tokens)
      if (token.endedBy === undefined && token.expiresAt !== undefined) token.expiresAt = expiresAt;
    const access = [...grant.tokens].findLast(
      ({ kind, endedBy }) => kind === 'access' && endedBy === undefined,
    );
    return omitUndefined({
      grant,
      access,
      refresh: old,
    });
  }
  if (!mayRefresh) {
    store.endToken(old, 'not-renewed');
    return { grant, access: issueAccess(provider, grant) };
  }
  if (!rotates(policy, { refreshes: grant.refreshes, dials: provider.dials() })) {
    delete old.spentAt;
    // Its life is counted from its last use.
    const lifetime = refreshLifetime(provider);
    if (lifetime !== undefined) old.expiresAt = now + lifetime;
    return { grant, access: issueAccess(provider, grant) };
  }
  const replaces = policy.policy === 'until-first-use' ? old : undefined;
  return { grant, access: issueAccess(provider, grant, replaces), refresh: issueRefresh(provider, grant) };
}

function issueAccess(provider: PlayedProvider, grant: PlayedGrant, replaces?: Token): Token {
  const { store, auth } = provider;
  const lifetimeS =
    provider.dials().accessTokenLifetimeS ?? known(auth.refresh.accessTokenLifetimeS) ?? hourS;
  const expiresAt = provider.now() + lifetimeS * 1_000;
  const value = accessTokenValue(provider, grant, expiresAt);
  return store.issue(
    omitUndefined({
      value,
      kind: 'access',
      grant,
      expiresAt,
      replaces,
    }),
  );
}

function issueRefresh(provider: PlayedProvider, grant: PlayedGrant): Token {
  const { store, auth, keys } = provider;
  const lifetime = refreshLifetime(provider);
  const expiresAt = lifetime === undefined ? undefined : provider.now() + lifetime;
  const { refresh: policy } = auth;
  // Epic: a JWT whose `exp` is the end of the consent, which no refresh moves.
  const isReadable = policy.policy !== 'none' && policy.grantEnds?.from === 'refresh-token-claim';
  const exp = Math.floor((grant.endsAt ?? provider.now()) / 1_000);
  const value = isReadable
    ? keys.sign({ jti: provider.random.uuid(), iat: Math.floor(provider.now() / 1_000), exp })
    : opaque(provider);
  return store.issue(
    omitUndefined({
      value,
      kind: 'refresh',
      grant,
      expiresAt,
    }),
  );
}

/** Random text, or a JWT where the definition reads the person from it (Suunto). */
function accessTokenValue(provider: PlayedProvider, grant: PlayedGrant, expiresAt: number): string {
  const { auth, keys, random } = provider;
  const claimed = auth.userID.flatMap((source) =>
    source.from === 'access-token-claim' ? [source.claim] : [],
  );
  if (claimed.length === 0) return opaque(provider);
  const { userID } = grant.person;
  // `sub` is another number where it is not the name.
  const named = Object.fromEntries(claimed.map((claim) => [claim, userID]));
  const claims = { sub: `${random.bytes(4).readUInt32LE()}`, ...named };
  return keys.sign({
    ...claims,
    jti: random.uuid(),
    iat: Math.floor(provider.now() / 1_000),
    exp: Math.floor(expiresAt / 1_000),
  });
}

const hourS = 3_600;

function opaque({ random }: PlayedProvider): string {
  return random.bytes(32).toString('base64url');
}

/** Milliseconds; undefined for refresh tokens that do not die of disuse. */
function refreshLifetime({ auth, dials }: PlayedProvider): number | undefined {
  const { refresh: policy } = auth;
  const definedS = policy.policy === 'none' ? undefined : known(policy.refreshTokenLifetimeS);
  const lifetimeS = dials().refreshTokenLifetimeS ?? definedS;
  return lifetimeS === undefined ? undefined : lifetimeS * 1_000;
}

function known(lifetimeS: number | string): number | undefined {
  return typeof lifetimeS === 'number' ? lifetimeS : undefined;
}
