import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TObject, TSchema } from 'typebox';
import type { Logger } from '../log/logger.ts';
import type { Random } from '../random/random.ts';
import type { Database } from '../storage/database.ts';
import type { Clock } from '../time/clock.ts';

/** Settings that routes read; each belongs to one capability. */
export interface ServiceSettings {
  /** Lifetime of a service account's access token. */
  readonly tokenLifetimeS: number;
  /** Lifetime of a participant's access token. */
  readonly participantTokenLifetimeS: number;
  /** Audiences accepted in client assertions beside our own token URL. */
  readonly tokenAudiences: readonly string[];
  readonly exportStallTimeoutMs: number;
}

/** What the mechanisms give to every route; a capability takes what it needs from here. */
export interface Services {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where the outside world reaches us, without a trailing slash. */
  readonly publicUrl: string;
  readonly settings: ServiceSettings;
}

/** One possible answer of a route, for the API description. */
export interface DescribedAnswer {
  readonly description: string;
  /** Media types and their schemas; none for an empty body. */
  readonly content?: Readonly<Record<string, TSchema>>;
}

/**
 * What a route answers. A string or bytes are sent as they are (finished JSON from the database passes through
 * unparsed), an object is written as JSON, a stream is piped with back-pressure and destroys the connection when it
 * fails.
 */
export interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | object | Readable;
}

/** A request as a route sees it: path parameters and the parsed query, both text. */
export interface Call {
  readonly parameters: Readonly<Record<string, string>>;
  /** Each name at most once; undeclared names were refused before. */
  readonly query: Readonly<Record<string, string>>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** A request whose query and body nobody has looked at yet. */
export type UnreadCall = Omit<Call, 'query'>;

export interface RouteDefinition {
  /** Name of the operation in the API description, and of the file that defines it. */
  readonly operationID: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Matched without regard to letter case; repeated and trailing slashes do not matter. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Name of the security scheme in the API description; `none` for public routes. */
  readonly caller: 'none' | 'serviceAccount' | 'participant';
  /** What the caller's token must allow, for the API description; `authorize` sees to it. */
  readonly scope?: string;
  /** True when pages of any origin may call this: every answer and the preflight say so (CORS). */
  readonly browsers?: true;
  /** False for routes whose requests no limit counts; their answers have no rate-limit headers. */
  readonly counted?: false;
  readonly parameters?: TObject;
  readonly query?: TObject;
  /**
   * The route reads the query itself (`readRawQuery`), repeated and undeclared parameters included: others write it, and
   * add what they like. Default: strict.
   */
  readonly readsQuery?: true;
  /** Fields of an `application/x-www-form-urlencoded` body, and its largest size. */
  readonly form?: { readonly schema: TSchema; readonly bytesMax: number };
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Failures that `answers` does not name, where they have another form than RFC 9457. */
  readonly otherFailures?: DescribedAnswer;
  /** Errors in another form than RFC 9457, where a standard demands one or people read them. */
  readonly renderFailure?: (status: number, error: unknown) => Answer | undefined;
  /**
   * Runs before the body and the query are read, so that a caller who may not be here learns that and nothing
   * about the form of the request.
   */
  readonly authorize?: (call: UnreadCall) => void;
  answer(call: Call, services: Services): Promise<Answer>;
}

/** Declares a route. Its file lies in a `routes/` folder and exports it as `route`. */
export function defineRoute(definition: RouteDefinition): RouteDefinition {
  return Object.freeze(definition);
}

/** The query of a request as it came, without its question mark. */
export function readRawQuery({ request }: UnreadCall): string {
  const url = request.raw.url ?? '';
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
}
