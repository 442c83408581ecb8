import type { Random } from '../../platform/random/random.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SandboxAnswer, SandboxPerson } from '../server/sandboxCall.ts';
import type { Login } from './listLogins.ts';

/** What a participant agreed to on the consent page, for this request. */
export interface PlayedConsent {
  readonly login: Login;
  /** Whose data are released. */
  readonly person: SandboxPerson;
  /** In the provider's names. */
  readonly scopes: readonly string[];
  readonly asked: readonly string[];
  readonly redirectUri: string;
  /** S256 (RFC 7636); left out where the client sent none. */
  readonly challenge?: string;
  readonly nonce?: string;
  /** Of a SMART server. */
  readonly fhirBase?: string;
  readonly mayRefresh: boolean;
}

/** A consent from which tokens came: their family. */
export interface PlayedGrant extends Omit<PlayedConsent, 'scopes'> {
  readonly id: number;
  /** Some vendors let the participant change them later. Garmin. */
  scopes: readonly string[];
  /** Milliseconds; its fixed end, where the provider has one. */
  readonly endsAt?: number;
  readonly tokens: Set<Token>;
  endedBy?: string;
  /** Times its tokens were refreshed. */
  refreshes: number;
}

export interface Token {
  readonly value: string;
  readonly kind: 'access' | 'refresh';
  readonly grant: PlayedGrant;
  /** Left out where it does not end by itself. */
  expiresAt?: number;
  endedBy?: string;
  /** Of a refresh token: when it was first used. */
  spentAt?: number;
  /** Of a refresh token: the answer to its first use, for those who ask again. */
  answer?: SandboxAnswer;
  /** Of an access token: the refresh token that dies when this one is first used. */
  replaces?: Token;
}

interface Code {
  readonly consent: PlayedConsent;
  readonly expiresAt: number;
  grant?: PlayedGrant | 'spent';
}

interface Parts {
  readonly slug: string;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly now: () => number;
  /** From here on, tokens that are over are forgotten; a spent refresh token is then one that never was. */
  readonly tokensMax?: number;
}

/** For so long after its end a code that is used twice is known as one. */
const codeMemoryMs = 3_600_000;
const tokensMaxDefault = 300_000;

/** Codes, consents and tokens of one provider, in memory. Whatever happens to them goes into the ledger. */
export class GrantStore {
  readonly #parts: Parts;
  readonly #codes = new Map<string, Code>();
  readonly #tokens = new Map<string, Token>();
  /** Those that have not ended. */
  readonly #grants = new Set<PlayedGrant>();
  readonly #tokensMax: number;
  #sweepAt: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#tokensMax = parts.tokensMax ?? tokensMaxDefault;
    this.#sweepAt = this.#tokensMax;
  }

  issueCode(consent: PlayedConsent, lifetimeS: number): string {
    const { slug, ledger, random, now } = this.#parts;
    // In order of their issue: the first that is not old ends the search.
    for (const [old, { expiresAt }] of this.#codes) {
      if (expiresAt > now() - codeMemoryMs) break;
      this.#codes.delete(old);
    }
    const code = random.bytes(32).toString('base64url');
    this.#codes.set(code, { consent, expiresAt: now() + lifetimeS * 1_000 });
    ledger.issue(code, { kind: 'code', slug, person: consent.person.userID });
    return code;
  }

  /** The consent behind a code, which stays unspent; undefined for no code of this provider. */
  peekCode(code: string): PlayedConsent | undefined {
    return this.#codes.get(code)?.consent;
  }

  /**
   * Spends a code. One that was used before ends the consent that came of it (RFC 6749 section 4.1.2); a check that
   * fails spends it too, so that nobody can try again.
   */
  spendCode(
    code: string,
    check: (consent: PlayedConsent) => string | undefined,
  ): PlayedConsent | { readonly refused: string } {
    const { ledger, now } = this.#parts;
    const found = this.#codes.get(code);
    if (found === undefined) return { refused: 'unknown' };
    const refuse = (why: string) => {
      ledger.show(code, why);
      return { refused: why };
    };
    if (found.grant !== undefined) {
      if (found.grant !== 'spent') this.end(found.grant, 'code-used-twice');
      return refuse('used-twice');
    }
    if (found.expiresAt <= now()) return refuse('expired');
    found.grant = 'spent';
    const objection = check(found.consent);
    if (objection !== undefined) return refuse(objection);
    ledger.show(code);
    return found.consent;
  }

  begin(
    consent: PlayedConsent,
    { code, endsAt }: { readonly code: string; readonly endsAt?: number },
  ): PlayedGrant {
    const { slug, ledger } = this.#parts;
    const { person, scopes } = consent;
    const id = ledger.beginGrant({ slug, person: person.userID, scopes });
    const end = endsAt === undefined ? {} : { endsAt };
    const grant: PlayedGrant = { ...consent, id, tokens: new Set(), refreshes: 0, ...end };
    this.#grants.add(grant);
    const spent = this.#codes.get(code);
    if (spent !== undefined) spent.grant = grant;
    return grant;
  }

  issue(facts: Omit<Token, 'endedBy' | 'spentAt' | 'answer'>): Token {
    const { slug, ledger } = this.#parts;
    const { value, kind, grant } = facts;
    const token: Token = { ...facts };
    this.#sweep();
    this.#tokens.set(value, token);
    grant.tokens.add(token);
    ledger.issue(value, { kind, slug, person: grant.person.userID, grant: grant.id });
    return token;
  }

  find(value: string): Token | undefined {
    return this.#tokens.get(value);
  }

  /** Why a token is not good, or undefined when it is. */
  refuse(token: Token): string | undefined {
    const { grant } = token;
    const now = this.#parts.now();
    if (grant.endsAt !== undefined && grant.endsAt <= now) this.end(grant, 'consent-expired');
    if (grant.endedBy !== undefined) return grant.endedBy;
    if (token.endedBy !== undefined) return token.endedBy;
    return token.expiresAt !== undefined && token.expiresAt <= now ? 'expired' : undefined;
  }

  /**
   * The token that was shown, if it is good; it counts as used then, and what it replaces dies.
   */
  useAccess(value: string): Token | { readonly refused: string } {
    const token = this.#tokens.get(value);
    if (token?.kind !== 'access') return { refused: 'unknown' };
    const refused = this.refuse(token);
    this.#parts.ledger.show(value, refused);
    if (refused !== undefined) return { refused };
    if (token.replaces !== undefined) this.endToken(token.replaces, 'replaced');
    return token;
  }

  endToken(token: Token, why: string): void {
    if (token.endedBy !== undefined) return;
    token.endedBy = why;
    this.#parts.ledger.end(token.value, why);
  }

  /** Ends a consent with all its tokens. */
  end(grant: PlayedGrant, why: string): void {
    if (grant.endedBy !== undefined) return;
    grant.endedBy = why;
    this.#grants.delete(grant);
    for (const token of grant.tokens) this.endToken(token, why);
    this.#parts.ledger.endGrant(grant.id, why);
  }

  /** Consents of a person that have not ended. */
  grantsOf(userID: string): readonly PlayedGrant[] {
    return [...this.#grants].filter(({ person }) => person.userID === userID);
  }

  /** Tokens of a person that are good. */
  tokensOf(userID: string): readonly Token[] {
    return this.grantsOf(userID).flatMap(({ tokens }) =>
      [...tokens].filter((token) => this.refuse(token) === undefined),
    );
  }

  reset(): void {
    this.#codes.clear();
    this.#tokens.clear();
    this.#grants.clear();
  }

  #sweep(): void {
    if (this.#tokens.size < this.#sweepAt) return;
    for (const [value, token] of this.#tokens)
      if (token.spentAt !== undefined || this.refuse(token) !== undefined) {
        this.#tokens.delete(value);
        token.grant.tokens.delete(token);
      }
    this.#sweepAt = Math.max(this.#tokensMax, 2 * this.#tokens.size);
  }
}
