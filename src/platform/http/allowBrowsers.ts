import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../errors/domainError.ts';
import type { RouteShape } from './defineRoute.ts';
import { notFound } from './errors.ts';

/**
 * What lets a page of any origin read an answer (Fetch standard, section 3.3). Any origin, because a caller is known
 * by a token that the page holds and never by a cookie, which `*` would keep away.
 */
const readable = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, WWW-Authenticate, X-Request-ID',
};

const preflight = {
  ...readable,
  'access-control-allow-methods': 'GET, POST, PUT, DELETE',
  'access-control-allow-headers': 'Authorization, Content-Type',
  // Two hours; Chromium keeps none for longer.
  'access-control-max-age': '7200',
};

/**
 * Below here everything is for pages of other origins, what is not there too: a page that cannot read a 404 knows only
 * that "the network failed", and tells its participant so.
 */
const openBelow = /^\/*api\/+v\d+\/+delegated(?:\/|\?|$)/i;

/** Sets the headers of an answer that browsers may read, before anything can fail. */
export function letBrowsersRead(request: FastifyRequest, reply: FastifyReply): void {
  const { browsers } = request.routeOptions.config as { browsers?: true };
  if (browsers === true || openBelow.test(request.raw.url ?? '')) reply.headers(readable);
}

/**
 * Answers the preflights of the paths of routes that browsers call, of everything below `delegated/`, and of no others.
 *
 * By hand and not with `@fastify/cors`: its one preflight route is for every path there is, without a way to know
 * which route the request is about, so the token endpoint and the administrative API would be open as well.
 */
export function addPreflights(app: FastifyInstance, routes: readonly RouteShape[]): void {
  const paths = new Map<string, string>();
  for (const { path, browsers } of routes)
    if (browsers === true) paths.set(path.toLowerCase().replaceAll(/:\w+/g, ':'), path);
  for (const url of paths.values()) addPreflight(app, url, () => true);
  addPreflight(app, '/api/:version/delegated/*', ({ raw }) => openBelow.test(raw.url ?? ''));
}

function addPreflight(app: FastifyInstance, url: string, isOpen: (request: FastifyRequest) => boolean): void {
  app.route({
    method: 'OPTIONS',
    url,
    config: { operationID: 'preflight', counted: false },
    handler: (request, reply) => {
      const { origin, 'access-control-request-method': method } = request.headers;
      if (origin === undefined || method === undefined || !isOpen(request))
        throw new DomainError(notFound, 'There is no such path.');
      return reply.status(204).headers(preflight).send();
    },
  });
}
