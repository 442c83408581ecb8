import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { createPairs } from './requestPairs.ts';

/** One request of a browser and its answer, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** 0 when the server was not there or broke off. */
  readonly status: number;
  readonly reason: string;
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** Decoded. */
  readonly answerBody: string;
}

/**
 * The only way from a browser to anywhere: a proxy that writes everything down and reaches this machine alone. What
 * else a browser asks for, and browsers ask their maker a lot, is refused.
 */
export interface Witness {
  readonly origin: string;
  /** In the order in which they were answered. @throws when more went by than is kept */
  exchanges(): readonly Exchange[];
  /** Hosts outside this machine that the browser wanted. */
  readonly refused: ReadonlySet<string>;
  /**
   * Keeps the next request whose URL matches from its server and gives the URL. The browser is answered 204 and so
   * stays where it is. @throws when none comes in time
   */
  intercept(pattern: RegExp): Promise<string>;
  /**
   * Holds the next two requests whose URL matches until both are under way, and passes them on together. One that
   * stays alone goes on after five seconds: then the browser never sends both at once.
   */
  pair(pattern: RegExp): void;
  close(): Promise<void>;
}

/** Bounds of what is kept: a test that needs more has gone astray, and must not be judged by half of it. */
const exchangesMax = 5_000;
const bytesMax = 64 * 1024 * 1024;
const patienceMs = 20_000;
const ownHosts = new Set(['localhost', '127.0.0.1']);

export async function startWitness(): Promise<Witness> {
  const seen: Exchange[] = [];
  const refused = new Set<string>();
  const wanted: { readonly pattern: RegExp; readonly found: (url: string) => void }[] = [];
  const pairs = createPairs();
  const sockets = new Set<Duplex>();
  let bytes = 0;
  const keep = (exchange: Exchange, size: number) => {
    bytes += size;
    if (seen.length < exchangesMax && bytes <= bytesMax) seen.push(exchange);
    else bytes = Infinity;
  };

  const server = createServer((request, response) => {
    const url = request.url ?? '';
    const index = wanted.findIndex(({ pattern }) => pattern.test(url));
    if (!URL.canParse(url) || !ownHosts.has(new URL(url).hostname)) {
      refused.add(URL.canParse(url) ? new URL(url).hostname : url);
      response.writeHead(403).end();
    } else if (index === -1) void pairs.wait(url).then(() => passOn(request, response, keep));
    else {
      request.resume();
      response.writeHead(204).end();
      wanted.splice(index, 1)[0]!.found(url);
    }
  });
  server.on('connect', (request, socket: Duplex) => {
    refused.add((request.url ?? '').split(':', 1)[0]!);
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges: () => {
      if (bytes === Infinity) throw new Error('The witness saw more than it keeps');
      return [...seen];
    },
    refused,
    intercept: (pattern) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`No request matched ${pattern}`)), patienceMs);
        wanted.push({
          pattern,
          found: (url) => {
            clearTimeout(late);
            resolve(url);
          },
        });
      }),
    pair: pairs.expect,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

type Keep = (exchange: Exchange, size: number) => void;

function passOn(request: IncomingMessage, response: ServerResponse, keep: Keep): void {
  const { port, pathname, search, href } = new URL(request.url ?? '');
  const sent: Buffer[] = [];
  const { 'proxy-connection': _own, ...headers } = request.headers;
  const write = (answer: IncomingMessage | undefined, answered: readonly Buffer[]) => {
    const received = Buffer.concat(answered);
    const exchange: Exchange = {
      method: request.method ?? '',
      url: href,
      headers: flatten(request),
      body: Buffer.concat(sent).toString(),
      status: answer?.statusCode ?? 0,
      reason: answer?.statusMessage ?? '',
      answerHeaders: answer === undefined ? {} : flatten(answer),
      answerBody: decode(received, answer?.headers['content-encoding']),
    };
    keep(exchange, received.length + exchange.body.length);
    return received;
  };
  const onward = ask(
    // The service listens on IPv4 alone; a browser would find that out by itself.
    { host: '127.0.0.1', port, method: request.method, path: pathname + search, headers },
    (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('end', () => {
        const body = write(answer, parts);
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', endToEnd(answer)).end(body);
      });
      answer.once('aborted', () => response.destroy());
    },
  );
  onward.once('error', () => {
    write(undefined, []);
    response.destroy();
  });
  request.on('data', (part: Buffer) => {
    sent.push(part);
    onward.write(part);
  });
  request.once('end', () => onward.end());
  request.once('error', () => onward.destroy());
}

function flatten(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headersDistinct).map(([name, values]) => [name, (values ?? []).join('\n')]),
  );
}

/** The headers in their own order, without those that are between two ends of one connection. */
function endToEnd({ rawHeaders }: IncomingMessage): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    if (!/^(connection|keep-alive|transfer-encoding)$/i.test(rawHeaders[at]!))
      kept.push(rawHeaders[at]!, rawHeaders[at + 1]!);
  return kept;
}

function decode(body: Buffer, encoding: string | undefined): string {
  if (body.length === 0) return '';
  if (encoding === 'gzip') return gunzipSync(body).toString();
  if (encoding === 'deflate') return inflateSync(body).toString();
  if (encoding === 'br') return brotliDecompressSync(body).toString();
  return body.toString();
}
