import { LRUCache } from 'lru-cache';
import type { Database, PreparedStatement } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { digestToken, type TokenPrefix } from './opaqueToken.ts';

/** What the database says about a token: whom it stands for, if anybody, and until when. */
export interface FoundToken<Caller> {
  readonly caller: Caller;
  readonly expiresAt: Date;
}

/** One kind of token, and how it is looked up. */
export interface CheckedTokenKind<Caller, Row extends readonly unknown[]> {
  /** A text that does not begin so is not looked up. */
  readonly prefix: TokenPrefix;
  /** $1 digest in hexadecimal, $2 now; one row for a token that counts, none for any other. */
  readonly statement: PreparedStatement;
  read(row: Row): FoundToken<Caller>;
}

/** Gives whoever a token stands for, or undefined when it stands for nobody (any more). */
export type CheckToken<Caller> = (token: string) => Promise<Caller | undefined>;

/** Together with the time of one look-up this is how long a revoked key or account can still act: under 5 s. */
const rememberedForMs = 3_000;
const tokensRememberedMax = 20_000;

/**
 * A check of one kind of token that asks the database at most every 3 s for a token, and once for all who ask at
 * the same time.
 *
 * A revocation counts on every process within 5 s, an expiry at once. Tokens that stand for nobody are remembered
 * too, apart from the good ones, so that a flood of made-up tokens neither reaches the database twice nor pushes
 * out what is in use. Only digests are kept in memory. Fails as the database does.
 */
export function createTokenCheck<Caller, Row extends readonly unknown[]>(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  kind: CheckedTokenKind<Caller, Row>,
): CheckToken<Caller> {
  const good = new LRUCache<string, LookUp<Caller>>({ max: tokensRememberedMax });
  const bad = new LRUCache<string, LookUp<Caller>>({ max: tokensRememberedMax });
  const underWay = new Map<string, { readonly startedAt: number; readonly found: Promise<LookUp<Caller>> }>();

  async function find(digest: string, now: number): Promise<FoundToken<Caller> | undefined> {
    const [row] = (await database.prepared(kind.statement, [digest, new Date(now)])) as unknown as Row[];
    return row && kind.read(row);
  }

  function lookUp(digest: string, now: number): Promise<LookUp<Caller>> {
    const running = underWay.get(digest);
    // One that was started too long ago may have seen the state before a revocation.
    if (running !== undefined && isRecent(running.startedAt, now)) return running.found;
    const found = find(digest, now)
      .then((result) => {
        const judged = judge(result, now);
        (judged.caller === undefined ? bad : good).set(digest, judged);
        if (judged.caller === undefined) good.delete(digest);
        return judged;
      })
      .finally(() => {
        if (underWay.get(digest)?.found === found) underWay.delete(digest);
      });
    underWay.set(digest, { startedAt: now, found });
    return found;
  }

  return async (token) => {
    const digest = digestToken(kind.prefix, token);
    if (digest === undefined) return undefined;
    const now = clock.now();
    const known = good.get(digest) ?? bad.get(digest);
    const result = known !== undefined && isRecent(known.startedAt, now) ? known : await lookUp(digest, now);
    return result.expiresAt > now ? result.caller : undefined;
  };
}

interface LookUp<Caller> {
  readonly caller: Caller | undefined;
  /** Milliseconds; for ever for a token that stands for nobody. */
  readonly expiresAt: number;
  readonly startedAt: number;
}

function judge<Caller>(found: FoundToken<Caller> | undefined, startedAt: number): LookUp<Caller> {
  return found === undefined
    ? { caller: undefined, expiresAt: Infinity, startedAt }
    : { caller: found.caller, expiresAt: found.expiresAt.getTime(), startedAt };
}

/** Not when the clock was set back meanwhile: then nobody knows how long ago it was. */
function isRecent(startedAt: number, now: number): boolean {
  return startedAt <= now && now - startedAt < rememberedForMs;
}
