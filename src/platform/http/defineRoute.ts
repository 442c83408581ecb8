import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { Type, type TObject, type TSchema } from 'typebox';
import { DomainError } from '../errors/domainError.ts';
import { isObject } from '../members/isObject.ts';
import { notFound } from './errors.ts';
import { requireReadable, type FieldsOf } from './readFields.ts';

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

/** A request as it came, for what no schema describes: headers, its number, the socket. */
export interface RawCall {
  readonly request: FastifyRequest;
}

/** A request as a route sees it: who makes it, and what it says, read by the schemas of the route. */
export interface Call<
  Caller = unknown,
  Parameters = unknown,
  Query = unknown,
  Form = unknown,
> extends RawCall {
  /** Whom `authorize` let through. */
  readonly caller: Caller;
  readonly parameters: Parameters;
  /** Each name at most once; undeclared names were refused before. Nothing where the route reads it itself. */
  readonly query: Query;
  readonly form: Form;
}

/** For a route without parameters, query or form. */
export const noFields = Type.Object({});
/** The type of {@link noFields}, for kinds of routes that default to it. */
export type NoFields = typeof noFields;

/** What is said about a route: to the router, and in the API description. */
export interface RouteShape {
  /** Name of the operation in the API description, and of the file that defines it. */
  readonly operationID: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Matched without regard to letter case; repeated and trailing slashes do not matter. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Name of the security scheme in the API description; `none` for public routes. */
  readonly caller: string;
  /** What the caller's token must allow, for the API description; `authorize` sees to it. */
  readonly scope?: string;
  /** True when pages of any origin may call this: every answer and the preflight say so (CORS). */
  readonly browsers?: true;
  /** False for routes whose requests no limit counts; their answers have no rate-limit headers. */
  readonly counted?: false;
  /** True for what an orchestrator asks every few seconds: logged at debug. */
  readonly isProbe?: true;
  readonly parameters?: TObject;
  readonly query?: TObject;
  /** A parameter or field without a value counts as left out. Default: it is a value, and may be refused. */
  readonly blankIsAbsent?: true;
  /**
   * The route reads the query itself (`readRawQuery`), repeated and undeclared parameters included: others write it, and
   * add what they like. Default: strict.
   */
  readonly readsQuery?: true;
  /**
   * Fields of an `application/x-www-form-urlencoded` body, and its largest size. Fields that it does not have are
   * ignored. A choice of several forms is not read: the route does so itself (`readRawForm`).
   */
  readonly form?: { readonly schema: TSchema; readonly bytesMax: number };
  /** An `application/json` body, and its largest size; the route reads it with `requireJson`. */
  readonly json?: { readonly schema: TSchema; readonly bytesMax: number };
  /** By HTTP status. */
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Failures that `answers` does not name, where they have another form than RFC 9457. */
  readonly otherFailures?: DescribedAnswer;
  /** Errors in another form than RFC 9457, where a standard demands one or people read them. */
  readonly renderFailure?: (status: number, error: unknown) => Answer | undefined;
}

/**
 * A route as its file declares it. What it needs is the second argument of `answer`, handed to the capability by
 * `compose`; annotate it there. The forms of parameters, query and form are those of their schemas.
 */
export interface RouteDefinition<
  Visitor,
  Caller,
  Parts,
  Parameters extends TObject,
  Query extends TObject,
  Form extends TSchema,
> extends RouteShape {
  readonly parameters?: Parameters;
  readonly query?: Query;
  readonly form?: { readonly schema: Form; readonly bytesMax: number };
  /**
   * Who the caller is for this route; throws when the visitor may not be here. Runs before the body and the query are
   * read, so that a caller who may not be here learns that and nothing about the form of the request.
   */
  authorize?(visitor: Visitor, parameters: Readonly<Record<string, string>>): Caller;
  /**
   * For a path parameter that its schema refuses: answers, or throws, as for one that names nothing, so that neither can
   * be told from the other. Default: there is no such path.
   */
  absent?(parts: Parts): Answer;
  answer(
    call: Call<
      Caller,
      FieldsOf<Parameters>,
      FieldsOf<Query>,
      Form extends TObject ? FieldsOf<Form> : undefined
    >,
    parts: Parts,
  ): Promise<Answer>;
}

/** A declared route, before anybody has handed it what it needs. */
export interface Route<Parts = never> extends RouteShape {
  authorize?(visitor: unknown, parameters: Readonly<Record<string, string>>): unknown;
  absent?(parts: Parts): Answer;
  answer(call: Call, parts: Parts): Promise<Answer>;
}

/** A route that can answer. */
export interface BoundRoute extends RouteShape {
  authorize?(visitor: unknown, parameters: Readonly<Record<string, string>>): unknown;
  absent(): Answer;
  answer(call: Call): Promise<Answer>;
}

/** Declares a route. Its file lies in a `routes/` folder and exports it as `route`. */
export function defineRoute<
  Visitor = unknown,
  Caller = undefined,
  Parts = unknown,
  Parameters extends TObject = NoFields,
  Query extends TObject = NoFields,
  Form extends TSchema = NoFields,
>(definition: RouteDefinition<Visitor, Caller, Parts, Parameters, Query, Form>): Route<Parts> {
  const { parameters, query, form } = definition;
  for (const schema of [parameters, query, form?.schema])
    if (schema !== undefined && Type.IsObject(schema)) requireReadable(definition.operationID, schema);
  return Object.freeze(definition);
}

/**
 * The route with what it needs. `parts` has to be what its file says; where the compiler does not see both, because the
 * route was found by its name, `test/contract/routeParts.ts` has it look.
 */
export function bindRoute(route: Route, parts: object): BoundRoute {
  return {
    ...route,
    absent: () => {
      if (route.absent !== undefined) return route.absent(parts as never);
      throw new DomainError(notFound, 'There is no such path.');
    },
    answer: (call) => route.answer(call, parts as never),
  };
}

/** The query of a request as it came, without its question mark. */
export function readRawQuery({ request }: RawCall): string {
  const url = request.raw.url ?? '';
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
}

/** The fields of a form, each name at most once; none where no form was sent. */
export function readRawForm({ request }: RawCall): Readonly<Record<string, string>> {
  const { body } = request;
  return isObject(body) ? (body as Readonly<Record<string, string>>) : {};
}
