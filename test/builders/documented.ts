import type { DocumentedErrors } from './documentedRefusal.ts';

/**
 * What one vendor's own documents print, as `documented` in `test/documented/<slug>.ts`: figures and names of fields
 * carried over, values invented, the source beside each part. It is written from the sources, never from our definition;
 * what no source shows is said in a sentence, and nothing stands in its place.
 */
export interface Documented {
  /** Day on which the sources were read, as an ISO date. */
  readonly readOn: string;
  readonly authorization: Stated<AuthorizationRequest>;
  readonly answerToCode: Stated<AnswerToCode>;
  readonly answerToRefresh: Stated<AnswerToRefresh>;
  readonly revocation: Stated<RevocationPair>;
  readonly data: Stated<readonly DataPage[]>;
  readonly webhooks: Stated<readonly Delivered[]>;
  /** Every refusal with a source of its own. */
  readonly refusals: DocumentedErrors;
}

/** A part with its source, or what was looked for and not found. */
export type Stated<Part> = (Source & { readonly is: Part }) | { readonly nothing: string };

interface Source {
  /** Titles of what it was read in, with their dates where they have one. */
  readonly source: string;
  /**
   * `vendor`: the vendor's own text, document or source code. `observed`: a recorded answer. `clients`: two or more clients
   * independently. `one-client`: one client or one second-hand reading, which proves nothing and overrules nothing.
   */
  readonly strength: 'vendor' | 'observed' | 'clients' | 'one-client';
  /**
   * Where the sandbox answers otherwise, by the name of the field, each with the reason. Held exactly: a difference that
   * is not listed fails, and so does one that is gone.
   */
  readonly sandboxDiffers?: Readonly<Record<string, string>>;
}

/** Where a participant is sent. */
export interface AuthorizationRequest {
  /** Left out where it is discovered at each organisation. */
  readonly url?: string;
  /** Region of the definition whose address it is. */
  readonly region?: string;
  /** Names of the parameters that the vendor wants. */
  readonly parameters: readonly string[];
  /** Values that it prints. */
  readonly values?: Readonly<Record<string, string>>;
}

/** The answer to a code, and what has to be read in it. */
export interface AnswerToCode {
  readonly body: Readonly<Record<string, unknown>>;
  /** Parameters of the redirect beside `code` and `state`. */
  readonly redirect?: Readonly<Record<string, string>>;
  /** Claims of the identity token that stands in the body as `ID_TOKEN`. */
  readonly idTokenClaims?: Readonly<Record<string, unknown>>;
  /** Answers of the calls that complete a connection, by method and address. */
  readonly calls?: Readonly<Record<string, unknown>>;
  readonly reads: {
    readonly userID?: string;
    readonly scopes: readonly string[];
    /** Seconds from the request; left out where nothing is known. */
    readonly accessLivesS?: number;
    readonly refreshLivesS?: number;
    readonly grantEndsAt?: string;
    /** Whether there is a refresh token. */
    readonly refreshes: boolean;
  };
}

/** The answer to a refresh, and whether it brings tokens. */
export interface AnswerToRefresh {
  readonly body: Readonly<Record<string, unknown>>;
  readonly brings: readonly ('access_token' | 'refresh_token')[];
}

/** How a grant is given back, and how the vendor answers. */
export interface RevocationPair {
  readonly method: string;
  /** Without its query; left out where it is discovered. */
  readonly url?: string;
  readonly query?: readonly string[];
  readonly form?: readonly string[];
  readonly authorization?: 'basic' | 'bearer';
  /** Which token is named. */
  readonly token: 'access' | 'refresh' | 'either';
  readonly status: number;
  readonly body?: unknown;
}

/** A page of data. */
export interface DataPage {
  /** The definition's resource, or the type of FHIR. */
  readonly resource: string;
  readonly request: string;
  readonly answer: unknown;
  /** How many items a reader finds. */
  readonly items: number;
}

/** A message of a webhook. */
export interface Delivered {
  readonly event: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
  /** What each of its events means, in order. */
  readonly means: readonly ('data' | 'data-deleted' | 'scopes-changed' | 'deregistered' | 'ignored')[];
  /** Left out where the vendor does not sign. */
  readonly signed?: { readonly key: string; readonly header: string; readonly value: string };
  /** Of each event. */
  readonly userID: string;
}
