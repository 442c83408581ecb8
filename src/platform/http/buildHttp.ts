import { omitUndefined } from '../members/omitUndefined.ts';
import type { Clock } from '../time/clock.ts';
import { Readable } from 'node:stream';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { defineEvent, type Logger } from '../log/logger.ts';
import { logUnlessAway } from '../storage/databaseUnavailable.ts';
import { DomainError } from '../errors/domainError.ts';
import { addPreflights, letBrowsersRead } from './allowBrowsers.ts';
import { createProxyTrust } from './clientAddress.ts';
import {
  noFields,
  readRawForm,
  readRawQuery,
  type Answer,
  type BoundRoute,
  type Call,
} from './defineRoute.ts';
import { invalidRequest, notFound } from './errors.ts';
import { readJsonBody } from './jsonBody.ts';
import { parseQuery, refuseUnknown } from './parseQuery.ts';
import { readFields, requireFields } from './readFields.ts';
import { judgeFailure, renderProblem } from './renderProblem.ts';
import { refuseBrokenRequest } from './refuseBrokenRequest.ts';
import { securityHeaders } from './securityHeaders.ts';

const requestAnswered = defineEvent(
  'request-answered',
  'info',
  'operation',
  'method',
  'status',
  'durationMs',
  'requestID',
);

const probeAnswered = defineEvent(
  'probe-answered',
  'debug',
  'operation',
  'method',
  'status',
  'durationMs',
  'requestID',
);

/** The request line and headers together; a query of 100 KB is still read, to be refused with a reason. */
const headerBytesMax = 256 * 1024;

/** How long a client may take to send. */
export interface RequestPatience {
  /** From the first byte to the end of the headers. */
  readonly headersMs: number;
  /** From the first byte to the last. */
  readonly requestMs: number;
  /** How often both are looked at; they may be exceeded by this much. */
  readonly checkEveryMs: number;
  /** For a client that was refused to read that and to close, before its connection is cut. */
  readonly lingerMs: number;
}

const usualPatience: RequestPatience = {
  headersMs: 30_000,
  requestMs: 60_000,
  checkEveryMs: 5_000,
  lingerMs: 2_000,
};

interface HttpOptions {
  readonly routes: readonly BoundRoute[];
  /** Where the outside world reaches us, without a trailing slash. */
  readonly publicUrl: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Half a minute for the headers, a minute for a whole request unless given. */
  readonly patience?: RequestPatience;
  /** Runs before every answer: counts the request, and gives who makes it, for `authorize` of the routes. */
  readonly admit: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
  /** Addresses whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies: readonly string[];
  readonly onAnswered?: (operation: string, status: number, durationMs: number) => void;
}

/** An HTTP server with the given routes, ready to `listen` or to be injected into; it holds no other state. */
export function buildHttp(options: HttpOptions): FastifyInstance {
  const { log, publicUrl, clock, patience = usualPatience } = options;
  const beginning = { admit: options.admit, safety: securityHeaders(publicUrl) };
  const app = fastify({
    logger: false,
    http: {
      maxHeaderSize: headerBytesMax,
      // Node's own refusal of a request without Host has none of the headers of every answer; ours has.
      requireHostHeader: false,
      headersTimeout: patience.headersMs,
      connectionsCheckingInterval: patience.checkEveryMs,
    },
    trustProxy: options.trustedProxies.length > 0 ? createProxyTrust(options.trustedProxies) : false,
    exposeHeadRoutes: false,
    bodyLimit: 64 * 1024,
    requestTimeout: patience.requestMs,
    // A request on a connection that was open before is answered like any other while the service stops.
    return503OnClosing: false,
    routerOptions: {
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: 512,
      // Kept as text: the strict parser runs where its refusal can be answered.
      querystringParser: () => ({}),
    },
    frameworkErrors: (error, request, reply) => {
      // A path that cannot be decoded is refused before any hook runs: the steps of every answer are taken here.
      const anyRequest = request as FastifyRequest;
      beginAnswer(anyRequest, reply, beginning).then(
        () => sendFailure(error, anyRequest, reply, options),
        (refusal: unknown) => sendFailure(refusal, anyRequest, reply, options),
      );
    },
    clientErrorHandler: (error, socket) =>
      refuseBrokenRequest(error, socket, { publicUrl, clock, lingerMs: patience.lingerMs }),
  });
  // Clients send a JSON content type on requests that have no body, too.
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, readForm);
  app.addContentTypeParser('application/json', readJsonBody);

  app.decorateRequest(visitorName);
  app.decorateRequest(callerName);
  app.addHook('onRequest', async (request, reply) => {
    request.setDecorator(visitorName, await beginAnswer(request, reply, beginning));
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      throw new DomainError(invalidRequest, 'A request of HTTP/1.1 names a host.');
  });
  // An expectation that we do not know may be passed over (RFC 9110, section 10.1.1); Node would refuse it by itself.
  app.server.on('checkExpectation', (...call) => app.server.emit('request', ...call));
  app.addHook('onResponse', (request, reply, done) => {
    const { operationID: operation = 'none', isProbe } = request.routeOptions.config as {
      operationID?: string;
      isProbe?: true;
    };
    options.onAnswered?.(operation, reply.statusCode, reply.elapsedTime);
    log(isProbe === true ? probeAnswered : requestAnswered, {
      operation,
      method: request.method,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      requestID: request.id,
    });
    done();
  });
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply, options));
  app.setNotFoundHandler((_request, reply) =>
    send(reply, renderProblem(notFound, 'There is no such path.', publicUrl)),
  );
  for (const route of options.routes) addRoute(app, route);
  addPreflights(app, options.routes);
  return app;
}

/** The fields of a form, by the rules of a query. A refusal is handed on: nobody would catch what is thrown here. */
function readForm(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, fields?: unknown) => void,
): void {
  let fields: unknown;
  try {
    fields = parseQuery(body.toString());
  } catch (error) {
    done(error as Error);
    return;
  }
  done(null, fields);
}

/** What comes before every answer, whatever it will be; gives who makes the request. */
function beginAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  beginning: Pick<HttpOptions, 'admit'> & { readonly safety: Readonly<Record<string, string>> },
): Promise<unknown> {
  reply.headers(beginning.safety);
  reply.header('x-request-id', request.id);
  letBrowsersRead(request, reply);
  return beginning.admit(request, reply);
}

/** On a request: who makes it, as `admit` found out, and who that is for the route, as `authorize` said. */
const visitorName = 'visitor';
const callerName = 'caller';

function addRoute(app: FastifyInstance, route: BoundRoute): void {
  app.route({
    method: route.method,
    url: route.path,
    ...omitUndefined({ bodyLimit: route.form?.bytesMax ?? route.json?.bytesMax }),
    config: {
      operationID: route.operationID,
      renderFailure: route.renderFailure,
      counted: route.counted,
      isProbe: route.isProbe,
      browsers: route.browsers,
      jsonBytesMax: route.json?.bytesMax,
    },
    onRequest: (request, _reply, done) => {
      const visitor = request.getDecorator<unknown>(visitorName);
      request.setDecorator(callerName, route.authorize?.(visitor, request.params as Record<string, string>));
      done();
    },
    handler: async (request, reply) => {
      await send(reply, await answerCall(route, request));
      return reply;
    },
  });
}

/** Reads the request by the route's schemas, and lets it answer. */
async function answerCall(route: BoundRoute, request: FastifyRequest): Promise<Answer> {
  const given = route.readsQuery === true ? {} : parseQuery(readRawQuery({ request }));
  refuseUnknown(given, Object.keys(route.query?.properties ?? {}));
  const blankIsAbsent = route.blankIsAbsent === true;
  const path = readFields(route.parameters ?? noFields, request.params as Record<string, string>, {
    blankIsAbsent: false,
  });
  if ('mistake' in path) return route.absent();
  const call: Call = {
    request,
    caller: request.getDecorator<unknown>(callerName),
    parameters: path.fields,
    query: requireFields(route.query ?? noFields, given, { blankIsAbsent, kind: 'parameter' }),
    form:
      route.form === undefined || !Type.IsObject(route.form.schema)
        ? undefined
        : requireFields(route.form.schema, readRawForm({ request }), { blankIsAbsent, kind: 'field' }),
  };
  return route.answer(call);
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.status(answer.status);
  if (answer.headers !== undefined) reply.headers(answer.headers);
  if (answer.body === undefined) return reply.send();
  if (answer.contentType !== undefined) reply.type(answer.contentType);
  else if (!(answer.body instanceof Readable || answer.body instanceof Uint8Array))
    reply.type('application/json; charset=utf-8');
  return reply.send(answer.body);
}

/** Whether the client closed before all of its request was here. */
function hasClientGone({ raw }: FastifyRequest): boolean {
  return !raw.complete && raw.socket.destroyed;
}

function sendFailure(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { log, publicUrl }: Pick<HttpOptions, 'log' | 'publicUrl'>,
): FastifyReply {
  if (hasClientGone(request))
    // Nobody reads this answer; nothing failed here either.
    return send(reply, renderProblem(invalidRequest, 'The request was not sent to its end.', publicUrl));
  const { problem, detail } = judgeFailure(thrown);
  const { operationID, renderFailure } = request.routeOptions.config as {
    operationID?: string;
    renderFailure?: BoundRoute['renderFailure'];
  };
  if (problem.status >= 500) logUnlessAway(log, operationID ?? 'http', thrown);
  if (thrown instanceof DomainError) reply.headers(thrown.headers);
  return send(reply, renderFailure?.(problem.status, thrown) ?? renderProblem(problem, detail, publicUrl));
}
