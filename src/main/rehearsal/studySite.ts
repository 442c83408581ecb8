import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CommandFailed } from '../commandLine.ts';

/** Where the site is, and whose page it shows. */
export interface StudySiteOptions {
  /** Used if it is free, else any other. */
  readonly port: number;
  /** Where the service is, without a trailing slash. */
  readonly serviceUrl: string;
  /** A fresh token of the participant whose page it is. */
  readonly getToken: () => Promise<string>;
}

/** The web site of a study, as far as a rehearsal needs one. */
export interface StudySite {
  readonly origin: string;
  close(): Promise<void>;
}

const assets = join(import.meta.dirname, 'assets');
const readAsset = (name: string) => readFileSync(join(assets, name), 'utf8');
const files: ReadonlyMap<string, readonly [type: string, text: string]> = new Map([
  ['/', ['text/html', readAsset('index.html')]],
  ['/page.js', ['text/javascript', readAsset('page.js')]],
  ['/style.css', ['text/css', readAsset('style.css')]],
]);

/**
 * Plays a study's own web site on this machine: its page calls the service with a participant's token, as any study's
 * page does; its backend, the only part that knows a key, hands the token to that page alone.
 *
 * Another page that this machine's browser shows gets no token: it cannot say that it is of our origin, and a name of
 * its own that leads here (DNS rebinding) is refused by the name.
 */
export async function startStudySite(options: StudySiteOptions): Promise<StudySite> {
  const server = createServer((request, response) => {
    answer(request, origin, options).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.writeHead(500).end(),
    );
  });
  const port = await listen(server, options.port);
  const origin = `http://127.0.0.1:${port}`;
  return { origin, close: () => close(server) };
}

interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function answer(
  request: IncomingMessage,
  origin: string,
  options: StudySiteOptions,
): Promise<SiteAnswer> {
  const { host, origin: caller } = request.headers;
  const { method = '', url = '' } = request;
  const own = new URL(origin).host;
  const path = url.split('?')[0] ?? '';
  request.resume();
  if (host !== own)
    return host === own.replace('127.0.0.1', 'localhost') && method === 'GET'
      ? { status: 303, headers: { location: `${origin}/` } }
      : tell(421, 'This site is reached by another name.');
  if (path === '/session') {
    if (method !== 'POST') return tell(405, 'POST only.', { allow: 'POST' });
    return caller === origin ? openSession(options) : tell(403, 'Only the page of this site may do this.');
  }
  const file = files.get(path);
  if (file === undefined) return tell(404, 'There is no such page.');
  if (method !== 'GET') return tell(405, 'GET only.', { allow: 'GET' });
  const [type, text] = file;
  return {
    status: 200,
    headers: { ...safety(options.serviceUrl), 'content-type': `${type}; charset=utf-8` },
    body: text,
  };
}

/** What the page of a signed-in participant gets: whom to ask, and with what. */
async function openSession({ serviceUrl, getToken }: StudySiteOptions): Promise<SiteAnswer> {
  try {
    const accessToken = await getToken();
    return json(200, { serviceUrl, accessToken });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return json(502, { message: error.message });
  }
}

function json(status: number, value: unknown): SiteAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  };
}

function tell(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}): SiteAnswer {
  return {
    status,
    headers: { ...headers, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    body: `${sentence}\n`,
  };
}

/**
 * The page talks to its own server and to the service, and shows logos of the service. It tells the service where a
 * participant comes from, because a connect address is opened from a page of the study only.
 */
function safety(serviceUrl: string): Readonly<Record<string, string>> {
  const { origin } = new URL(serviceUrl);
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ${origin}`,
      `img-src data: ${origin}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join('; '),
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

/** At this port, or at any other where it is taken. */
async function listen(server: Server, port: number): Promise<number> {
  const tryPort = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await tryPort(port).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return tryPort(0);
  });
  return (server.address() as AddressInfo).port;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
