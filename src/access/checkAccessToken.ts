import { LRUCache } from 'lru-cache';
import type { Database, PreparedStatement } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { actorOf, digestToken } from './accessTokens.ts';

/** A service account on whose behalf a request is made. */
export interface ServiceCaller {
  readonly serviceAccountID: string;
  readonly name: string;
  /** In lower case. */
  readonly projectID: string;
  /** What to write into the audit trail. */
  readonly actor: string;
}

/** Gives whoever an access token stands for, or undefined when it stands for nobody (any more). */
export type CheckAccessToken = (token: string) => Promise<ServiceCaller | undefined>;

/** Together with the time of one look-up this is how long a revoked key or account can still act: under 5 s. */
const rememberedForMs = 3_000;
const tokensRememberedMax = 20_000;

/**
 * A check of access tokens that asks the database at most every 3 s for a token, and once for all who ask at the
 * same time.
 *
 * A revocation counts on every process within 5 s, an expiry at once. Tokens that stand for nobody are remembered
 * too, apart from the good ones, so that a flood of made-up tokens neither reaches the database twice nor pushes
 * out what is in use. Only digests are kept in memory. Fails as the database does.
 */
export function createAccessTokenCheck({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): CheckAccessToken {
  const good = new LRUCache<string, LookUp>({ max: tokensRememberedMax });
  const bad = new LRUCache<string, LookUp>({ max: tokensRememberedMax });
  const underWay = new Map<string, { readonly startedAt: number; readonly found: Promise<LookUp> }>();

  function lookUp(digest: string, now: number): Promise<LookUp> {
    const running = underWay.get(digest);
    // One that was started too long ago may have seen the state before a revocation.
    if (running !== undefined && isRecent(running.startedAt, now)) return running.found;
    const found = findCaller(database, digest, now)
      .then((result) => {
        (result.caller === undefined ? bad : good).set(digest, result);
        if (result.caller === undefined) good.delete(digest);
        return result;
      })
      .finally(() => {
        if (underWay.get(digest)?.found === found) underWay.delete(digest);
      });
    underWay.set(digest, { startedAt: now, found });
    return found;
  }

  return async (token) => {
    const digest = digestToken(token);
    if (digest === undefined) return undefined;
    const now = clock.now();
    const known = good.get(digest) ?? bad.get(digest);
    const result = known !== undefined && isRecent(known.startedAt, now) ? known : await lookUp(digest, now);
    return result.expiresAt > now ? result.caller : undefined;
  };
}

interface LookUp {
  readonly caller: ServiceCaller | undefined;
  /** Milliseconds; for ever for a token that stands for nobody. */
  readonly expiresAt: number;
  readonly startedAt: number;
}

/** Not when the clock was set back meanwhile: then nobody knows how long ago it was. */
function isRecent(startedAt: number, now: number): boolean {
  return startedAt <= now && now - startedAt < rememberedForMs;
}

const liveToken: PreparedStatement = {
  name: 'live-access-token',
  text: `select t.service_account_id, a.name, t.project_id, t.expires_at
           from access_tokens t
           join service_accounts a using (service_account_id)
           join service_account_keys k using (key_id)
          where t.token_digest = decode($1, 'hex') and t.expires_at > $2
            and a.revoked_at is null and k.revoked_at is null`,
};

async function findCaller(database: Database, digest: string, now: number): Promise<LookUp> {
  const [row] = (await database.prepared(liveToken, [digest, new Date(now)])) as [
    string,
    string,
    string,
    Date,
  ][];
  if (row === undefined) return { caller: undefined, expiresAt: Infinity, startedAt: now };
  const [serviceAccountID, name, projectID, expiresAt] = row;
  return {
    caller: Object.freeze({ serviceAccountID, name, projectID, actor: actorOf(name) }),
    expiresAt: expiresAt.getTime(),
    startedAt: now,
  };
}
