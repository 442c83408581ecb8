import { hash } from 'node:crypto';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** What a request was for. */
export type Operation =
  | 'authorize'
  | 'consent'
  | 'token'
  | 'refresh'
  | 'introspect'
  | 'revoke'
  | 'user-id'
  | 'granted-scopes'
  | 'connect'
  | 'discovery'
  | 'keys'
  | 'subscription'
  | 'backfill'
  | 'data'
  | 'unknown';

/** What of a consent is shown to a provider. */
export type TokenKind = 'code' | 'access' | 'refresh';

/** One thing that happened. Tokens are named by their digest ({@link digestOf}), never written out. */
export interface LedgerEntry {
  /** Grows by one; `after` of a query. */
  readonly id: number;
  /** Milliseconds since the epoch, by the sandbox's clock. */
  readonly at: number;
  readonly slug: string;
  readonly what:
    'request' | 'issued' | 'used' | 'refused' | 'ended' | 'grant-begun' | 'grant-ended' | 'webhook';
  readonly operation?: Operation;
  /** Of a request; 0 when the connection was cut in place of an answer. */
  readonly status?: number;
  /** Kind of the fault that a dial put in place of the answer. */
  readonly fault?: string;
  readonly kind?: TokenKind;
  readonly token?: string;
  /** Number of the consent to which the token belongs: its family. */
  readonly grant?: number;
  readonly person?: string;
  readonly why?: string;
}

/** A code or token and how often it was shown. */
export interface TokenRecord {
  readonly token: string;
  readonly kind: TokenKind;
  readonly slug: string;
  readonly person: string;
  /** Left out of a code, whose consent begins when it is exchanged. */
  readonly grant?: number;
  readonly issuedAt: number;
  /** Times it was accepted. */
  readonly uses: number;
  /** Times it was shown and refused. */
  readonly refusals: number;
  readonly endedAt?: number;
  readonly endedBy?: string;
}

export interface GrantRecord {
  readonly id: number;
  readonly slug: string;
  readonly person: string;
  readonly scopes: readonly string[];
  readonly beganAt: number;
  readonly endedAt?: number;
  readonly endedBy?: string;
}

/** Which entries are asked for; what is left out is not asked. */
export interface LedgerQuery {
  readonly slug?: string;
  readonly person?: string;
  readonly after?: number;
  readonly limit?: number;
}

type Changing<Row> = { -readonly [Name in keyof Row]: Row[Name] };
type EntryFacts = Omit<LedgerEntry, 'id' | 'at'>;

/** Each of entries, tokens and grants. */
export const ledgerSizeMax = 100_000;
const droppedAtOnce = ledgerSizeMax / 10;

/** How a code or token is named in the ledger: SHA-256 in base64url. */
export function digestOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

/**
 * What the sandbox saw and did, as the oracle of tests: every request, and every code, token and consent with what
 * became of it. In memory and bounded: the oldest tenth is dropped when it is full, and {@link Ledger.dropped} counts it.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #entries = new Map<number, LedgerEntry>();
  readonly #tokens = new Map<string, Changing<TokenRecord>>();
  readonly #grants = new Map<number, Changing<GrantRecord>>();
  readonly #watchers = new Set<(entry: LedgerEntry) => void>();
  #nextEntry = 1;
  #nextGrant = 1;
  #dropped = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Entries, tokens and grants that were forgotten because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Calls `watcher` with each entry in the moment it is made; the returned function ends it. */
  watch(watcher: (entry: LedgerEntry) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  addEntry(facts: EntryFacts): void {
    const entry = { id: this.#nextEntry++, at: this.#clock.now(), ...facts };
    this.#keep(this.#entries, entry.id, entry);
    for (const watcher of this.#watchers) watcher(entry);
  }

  beginGrant(facts: Pick<GrantRecord, 'slug' | 'person' | 'scopes'>): number {
    const id = this.#nextGrant++;
    this.#keep(this.#grants, id, { id, ...facts, beganAt: this.#clock.now() });
    this.addEntry({ slug: facts.slug, what: 'grant-begun', grant: id, person: facts.person });
    return id;
  }

  endGrant(id: number, why: string): void {
    const grant = this.#grants.get(id);
    if (grant?.endedAt !== undefined) return;
    if (grant !== undefined) Object.assign(grant, { endedAt: this.#clock.now(), endedBy: why });
    const of = grant === undefined ? { slug: '' } : { slug: grant.slug, person: grant.person };
    this.addEntry({ ...of, what: 'grant-ended', grant: id, why });
  }

  issue(token: string, facts: Pick<TokenRecord, 'kind' | 'slug' | 'person' | 'grant'>): void {
    const digest = digestOf(token);
    const record = { token: digest, ...facts, issuedAt: this.#clock.now(), uses: 0, refusals: 0 };
    this.#keep(this.#tokens, digest, record);
    this.addEntry({ ...facts, what: 'issued', token: digest });
  }

  /** Somebody showed a token, and it was accepted or refused. A token that was never issued is counted nowhere. */
  show(token: string, why?: string): void {
    const record = this.#tokens.get(digestOf(token));
    if (record === undefined) return;
    if (why === undefined) record.uses++;
    else record.refusals++;
    const what = why === undefined ? 'used' : 'refused';
    this.addEntry(
      omitUndefined({
        ...namesOf(record),
        what,
        why,
      }),
    );
  }

  end(token: string, why: string): void {
    const record = this.#tokens.get(digestOf(token));
    if (record === undefined || record.endedAt !== undefined) return;
    Object.assign(record, { endedAt: this.#clock.now(), endedBy: why });
    this.addEntry({ ...namesOf(record), what: 'ended', why });
  }

  /** In order; at most `limit` (1,000 unless given). */
  entries({ slug, person, after = 0, limit = 1_000 }: LedgerQuery = {}): readonly LedgerEntry[] {
    const found: LedgerEntry[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.id <= after || (slug !== undefined && entry.slug !== slug)) continue;
      if (person !== undefined && entry.person !== person) continue;
      if (found.push(entry) >= limit) break;
    }
    return found;
  }

  /** The record of a code or token that a test holds in its hand. */
  find(token: string): TokenRecord | undefined {
    return this.#tokens.get(digestOf(token));
  }

  tokens({ slug, person, kind }: LedgerQuery & { readonly kind?: TokenKind } = {}): readonly TokenRecord[] {
    return [...this.#tokens.values()].filter(
      (record) =>
        (slug === undefined || record.slug === slug) &&
        (person === undefined || record.person === person) &&
        (kind === undefined || record.kind === kind),
    );
  }

  grants({ slug, person }: LedgerQuery = {}): readonly GrantRecord[] {
    return [...this.#grants.values()].filter(
      (grant) =>
        (slug === undefined || grant.slug === slug) && (person === undefined || grant.person === person),
    );
  }

  /** Whether a person has a consent at a provider that has not ended. */
  isAlive(slug: string, person: string): boolean {
    return this.grants({ slug, person }).some(({ endedAt }) => endedAt === undefined);
  }

  /** Forgets everything; numbers go on, so that no entry is taken for an older one. */
  reset(): void {
    this.#entries.clear();
    this.#tokens.clear();
    this.#grants.clear();
    this.#dropped = 0;
  }

  #keep<Key, Row>(rows: Map<Key, Row>, key: Key, row: Row): void {
    rows.set(key, row);
    if (rows.size <= ledgerSizeMax) return;
    // Many at once: a map that loses its first row each time looks longer and longer for it.
    let count = 0;
    for (const oldest of rows.keys()) {
      if (count++ === droppedAtOnce) break;
      rows.delete(oldest);
      this.#dropped++;
    }
  }
}

function namesOf({ kind, slug, person, grant, token }: TokenRecord) {
  return omitUndefined({
    kind,
    slug,
    person,
    token,
    grant,
  });
}
