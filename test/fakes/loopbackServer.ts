import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSandboxDoor, type ProviderDoor } from '../../src/oauth/providerDoor.ts';
import { createProviderFetch } from '../../src/platform/outbound/providerFetch.ts';

/** Answers a request for one of the server's hosts; `request.url` is the path and query at that host. */
export type HostListener = (
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
) => void | Promise<void>;

/** A plain http server on 127.0.0.1 that stands for some https hosts, each below a path of its own. */
export interface LoopbackServer {
  readonly hosts: readonly string[];
  readonly origin: string;
  /** The only way to these hosts; any other host is not found. */
  readonly door: ProviderDoor;
  close(): Promise<void>;
}

/**
 * Starts a server that is told real addresses and speaks in real addresses: `https://HOST/path` of its hosts
 * arrives at `ORIGIN/NAME/HOST/path`. Redirects between its own hosts and its cookies are rewritten on their way
 * out, so that a browser that came in through `door.browserUrl` stays on the loopback address.
 */
export async function startLoopbackServer(
  name: string,
  hosts: readonly string[],
  listener: HostListener,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const [, host, path] = /^\/[^/?]+\/([^/?]+)(.*)$/s.exec(request.url ?? '') ?? [];
    if (host === undefined || !request.url!.startsWith(`/${name}/`) || !hosts.includes(host)) {
      response.writeHead(421).end();
      return;
    }
    request.url = path!.startsWith('/') ? path! : `/${path!}`;
    rewriteHeaders(response, {
      prefix: `${origin}/${name}/`,
      path: `/${name}/${host}`,
      isOwn: (other) => hosts.includes(other),
    });
    Promise.resolve(listener(request, response, host)).catch((error: unknown) => {
      // A fake that fails is a mistake of the test's; the client sees a dead connection, the run sees the reason.
      response.destroy();
      server.emit('error', error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetch = createProviderFetch({ plainOrigin: origin });
  const started: LoopbackServer = {
    hosts,
    origin,
    door: onlyTo(hosts, createSandboxDoor(fetch, origin, name)),
    close: async () => {
      await fetch.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return started;
}

/** One door to several servers, as one network has them: each address leads to whoever has the host. */
export function joinDoors(servers: readonly LoopbackServer[]): ProviderDoor {
  const find = (url: string) => servers.find(({ hosts }) => hosts.includes(hostOf(url)))?.door;
  return {
    fetch: Object.assign(
      (request: Parameters<ProviderDoor['fetch']>[0]) =>
        find(request.url)?.fetch(request) ?? Promise.resolve(notFound),
      { close: () => Promise.resolve() },
    ),
    browserUrl: (url) => find(url)?.browserUrl(url) ?? url,
  };
}

const notFound = { outcome: 'unreachable', reason: 'name-not-found', mayHaveArrived: false } as const;

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? '';
}

/** What is not https stays as it is, so that the network's own rules refuse it. */
function onlyTo(hosts: readonly string[], door: ProviderDoor): ProviderDoor {
  const isElsewhere = (url: string) => url.startsWith('https://') && !hosts.includes(hostOf(url));
  return {
    fetch: Object.assign(
      (request: Parameters<ProviderDoor['fetch']>[0]) =>
        isElsewhere(request.url) ? Promise.resolve(notFound) : door.fetch(request),
      { close: () => Promise.resolve() },
    ),
    browserUrl: (url) => (isElsewhere(url) ? url : door.browserUrl(url)),
  };
}

interface Mount {
  /** What stands in front of a host. */
  readonly prefix: string;
  /** Path of the host that answers. */
  readonly path: string;
  readonly isOwn: (host: string) => boolean;
}

function rewriteHeaders(response: ServerResponse, mount: Mount): void {
  const write = response.writeHead.bind(response) as (...facts: unknown[]) => ServerResponse;
  response.writeHead = (...facts: unknown[]) => {
    const headers = facts.find((fact) => typeof fact === 'object' && fact !== null && !Array.isArray(fact));
    for (const [name, value] of Object.entries(headers ?? {}))
      response.setHeader(name, value as string | string[]);
    const location = response.getHeader('location');
    if (typeof location === 'string') response.setHeader('location', rewriteLocation(location, mount));
    const cookies = response.getHeader('set-cookie');
    if (cookies !== undefined)
      response.setHeader(
        'set-cookie',
        [cookies].flat().map((cookie) => rewriteCookie(String(cookie), mount)),
      );
    return write(facts[0]);
  };
}

function rewriteLocation(location: string, { prefix, path, isOwn }: Mount): string {
  if (location.startsWith('/')) return path + location;
  return location.startsWith('https://') && isOwn(hostOf(location))
    ? prefix + location.slice('https://'.length)
    : location;
}

/** Loopback is not encrypted, and what was a whole host is a path here. */
function rewriteCookie(cookie: string, { path }: Mount): string {
  const [value, ...attributes] = cookie.split(/; */);
  const kept = attributes.filter((attribute) => !/^(secure|path=.*|domain=.*)$/i.test(attribute));
  const own = attributes.find((attribute) => /^path=/i.test(attribute))?.slice('path='.length) ?? '/';
  return [value, `path=${path}${own}`, ...kept].join('; ');
}

const bodyBytesMax = 1_000_000;

/** The whole body of a request to a fake. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > bodyBytesMax) throw new Error('A fake was sent more than a megabyte.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(value));
}
