import { Readable } from 'node:stream';
import type { Socket } from 'node:net';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import formbody from '@fastify/formbody';
import { defineEvent, logUnexpected } from '../log/logger.ts';
import { DomainError } from '../errors/domainError.ts';
import { addPreflights, letBrowsersRead } from './allowBrowsers.ts';
import {
  readRawQuery,
  type Answer,
  type Call,
  type RouteDefinition,
  type Services,
  type UnreadCall,
} from './defineRoute.ts';
import { headersTooLarge, invalidRequest, notFound } from './errors.ts';
import { parseQuery, refuseUnknown } from './parseQuery.ts';
import { judgeFailure, renderProblem } from './renderProblem.ts';

const requestAnswered = defineEvent(
  'request-answered',
  'info',
  'operation',
  'method',
  'status',
  'durationMs',
  'requestID',
);

/** The request line and headers together; a query of 100 KB is still read, to be refused with a reason. */
const headerBytesMax = 256 * 1024;

export interface HttpOptions {
  readonly services: Services;
  readonly routes: readonly RouteDefinition[];
  /** Runs before every answer but the probes': identifies the caller and counts the request. */
  readonly admit: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Addresses whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies: readonly string[];
  readonly onAnswered?: (operation: string, status: number, durationMs: number) => void;
}

/** An HTTP server with the given routes, ready to `listen` or to be injected into; it holds no other state. */
export function buildHttp(options: HttpOptions): FastifyInstance {
  const { services } = options;
  const app = fastify({
    logger: false,
    http: { maxHeaderSize: headerBytesMax },
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    exposeHeadRoutes: false,
    bodyLimit: 64 * 1024,
    requestTimeout: 60_000,
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
      beginAnswer(anyRequest, reply, options.admit).then(
        () => sendFailure(error, anyRequest, reply, services),
        (refusal: unknown) => sendFailure(refusal, anyRequest, reply, services),
      );
    },
    clientErrorHandler: (error, socket) => refuseBrokenRequest(error, socket, services.publicUrl),
  });
  app.register(formbody, { parser: parseQuery });
  // Bodies are read as forms only; clients send a JSON content type on requests that have no body.
  app.addContentTypeParser('application/json', (_request, payload, done) => {
    payload.resume();
    done(null, undefined);
  });

  app.addHook('onRequest', (request, reply) => beginAnswer(request, reply, options.admit));
  app.addHook('onResponse', (request, reply, done) => {
    const operation = (request.routeOptions.config as { operationID?: string }).operationID ?? 'none';
    options.onAnswered?.(operation, reply.statusCode, reply.elapsedTime);
    services.log(requestAnswered, {
      operation,
      method: request.method,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      requestID: request.id,
    });
    done();
  });
  app.setErrorHandler((error, request, reply) => sendFailure(error, request, reply, services));
  app.setNotFoundHandler((_request, reply) =>
    send(reply, renderProblem(notFound, 'There is no such path.', services.publicUrl)),
  );
  for (const route of options.routes) addRoute(app, route, services);
  addPreflights(app, options.routes);
  return app;
}

/** What comes before every answer, whatever it will be. */
async function beginAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  admit: HttpOptions['admit'],
): Promise<void> {
  reply.headers(securityHeaders);
  reply.header('x-request-id', request.id);
  letBrowsersRead(request, reply);
  await admit(request, reply);
}

function addRoute(app: FastifyInstance, route: RouteDefinition, services: Services): void {
  const allowed = Object.keys(route.query?.properties ?? {});
  const unread = (request: FastifyRequest, reply: FastifyReply): UnreadCall => ({
    parameters: request.params as Record<string, string>,
    request,
    reply,
  });
  app.route({
    method: route.method,
    url: route.path,
    ...(route.form === undefined ? {} : { bodyLimit: route.form.bytesMax }),
    config: {
      operationID: route.operationID,
      renderFailure: route.renderFailure,
      counted: route.counted,
      browsers: route.browsers,
    },
    onRequest: (request, reply, done) => {
      route.authorize?.(unread(request, reply));
      done();
    },
    handler: async (request, reply) => {
      const query = route.readsQuery === true ? {} : parseQuery(readRawQuery(unread(request, reply)));
      const call: Call = { ...unread(request, reply), query };
      refuseUnknown(query, allowed);
      await send(reply, await route.answer(call, services));
      return reply;
    },
  });
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

function sendFailure(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  services: Services,
): FastifyReply {
  const { problem, detail } = judgeFailure(thrown);
  const { operationID, renderFailure } = request.routeOptions.config as {
    operationID?: string;
    renderFailure?: RouteDefinition['renderFailure'];
  };
  if (problem.status >= 500) logUnexpected(services.log, operationID ?? 'http', thrown);
  if (thrown instanceof DomainError) reply.headers(thrown.headers);
  return send(
    reply,
    renderFailure?.(problem.status, thrown) ?? renderProblem(problem, detail, services.publicUrl),
  );
}

/** Answers what is not HTTP, which no hook ever sees, in the same form as everything else. */
function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket, publicUrl: string): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const answer =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? renderProblem(headersTooLarge, 'The request line or headers are larger than is read here.', publicUrl)
      : renderProblem(invalidRequest, 'The request is not valid HTTP.', publicUrl);
  const body = answer.body as string;
  const reason = answer.status === 431 ? 'Request Header Fields Too Large' : 'Bad Request';
  const safety = Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${answer.status} ${reason}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n${safety.join('')}\r\n${body}`,
  );
}

/** Headers of every answer: nothing here is a page, may be framed, sniffed or kept (OWASP ASVS 5.0, V3.4). */
const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
