import { createServer, type AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseJsonBody } from '../../src/platform/outbound/parseJsonBody.ts';
import {
  createProviderFetch,
  type ProviderFetch,
  type ProviderFetchOptions,
} from '../../src/platform/outbound/providerFetch.ts';
import { createSelfSigned } from '../harness/selfSigned.ts';
import { startSecureServer, type SecureServer } from '../harness/secureServer.ts';

const host = 'vendor.example.org';
const identity = createSelfSigned([host, 'other.example.org', 'inside.example.org', 'mixed.example.org']);
const loopback = { address: '127.0.0.1', family: 4 };
const megabyte = 1_000_000;

let server: SecureServer;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const open: ProviderFetch[] = [];

function create(options: ProviderFetchOptions = {}): ProviderFetch {
  const created = createProviderFetch({
    admittedNetworks: ['127.0.0.1/32'],
    trustedCertificates: [identity.certificate],
    resolve: () => Promise.resolve([loopback]),
    ...options,
  });
  open.push(created);
  return created;
}

beforeAll(async () => {
  server = await startSecureServer(host, (request, response) => answer(request, response), identity);
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
  answer = (_, response) => response.end('{}');
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const get = (url: string, more: object = {}) => ({ method: 'GET', url, ...more }) as const;

describe('a call to a provider', () => {
  it('gives status, headers and body of an answer, whatever the status is', async () => {
    answer = (_, response) => {
      response.writeHead(503, {
        'Content-Type': 'application/json',
        'Retry-After': '7',
        Link: ['<a>', '<b>'],
      });
      response.end('{"error":"temporarily_unavailable"}');
    };
    const got = await create({ userAgent: 'Tributary/9' })(get(`${server.origin}/data?x=1`));
    expect(got).toMatchObject({
      outcome: 'answered',
      status: 503,
      headers: { 'retry-after': '7', link: '<a>, <b>' },
      url: `${server.origin}/data?x=1`,
    });
    expect(got.outcome === 'answered' && parseJsonBody(got.body)).toEqual({
      error: 'temporarily_unavailable',
    });
    expect(server.seen).toMatchObject([
      {
        method: 'GET',
        path: '/data?x=1',
        headers: { accept: 'application/json', 'user-agent': 'Tributary/9' },
      },
    ]);
  });

  it('sends forms and JSON as what they are', async () => {
    const bodies: string[] = [];
    answer = (request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        bodies.push(`${request.headers['content-type']} ${text}`);
        response.end('{}');
      });
    };
    const call = create();
    await call({ method: 'POST', url: server.origin, body: { form: { a: 'b c', ü: '&' } } });
    await call({ method: 'PUT', url: server.origin, body: { json: { a: ['ü'] } } });
    expect(bodies).toEqual([
      'application/x-www-form-urlencoded a=b+c&%C3%BC=%26',
      'application/json {"a":["ü"]}',
    ]);
  });

  it.each([
    ['gzip', gzipSync('{"packed":true}')],
    ['br', brotliCompressSync('{"packed":true}')],
  ])('unpacks %s', async (encoding, bytes) => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
    const got = await create()(get(server.origin));
    expect(got.outcome === 'answered' && parseJsonBody(got.body)).toEqual({ packed: true });
  });

  it('keeps no connection for what has side effects, so that nothing is sent into a dead one', async () => {
    const call = create();
    const before = server.connections();
    for (let times = 0; times < 3; times++)
      await call({ method: 'POST', url: server.origin, body: { form: {} } });
    expect(server.connections() - before).toBe(3);
    for (let times = 0; times < 12; times++) await call(get(server.origin));
    expect(server.connections() - before).toBeLessThan(3 + 12);
  });
});

describe('a server that misbehaves', () => {
  it('is left when the deadline has passed, before the answer or in the middle of it', async () => {
    const call = create();
    answer = () => undefined;
    expect(await call(get(server.origin, { deadlineMs: 200 }))).toEqual({
      outcome: 'timed-out',
      mayHaveArrived: true,
    });
    let drops = 0;
    answer = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.') && drops++, 20);
      response.on('close', () => clearInterval(timer));
    };
    const began = performance.now();
    expect(await call(get(server.origin, { deadlineMs: 300 }))).toMatchObject({ outcome: 'timed-out' });
    expect(performance.now() - began).toBeLessThan(3_000);
    const dropsThen = drops;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(drops - dropsThen).toBeLessThan(5);
  });

  it('is told apart from one that cannot have seen the request', async () => {
    const call = create({
      resolve: () => new Promise((resolve) => setTimeout(() => resolve([loopback]), 500)),
    });
    expect(await call(get(server.origin, { deadlineMs: 100 }))).toEqual({
      outcome: 'timed-out',
      mayHaveArrived: false,
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(server.seen).toEqual([]);
  });

  it('cannot make us read more than the bound, however it sends it', async () => {
    const call = create();
    let sent = 0;
    answer = (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && sent < 300 * megabyte) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536, ' '))) return void response.once('drain', more);
        }
      };
      more();
    };
    expect(await call(get(server.origin))).toEqual({ outcome: 'too-large', mayHaveArrived: true });
    expect(sent).toBeLessThan(50 * megabyte);
    answer = (_, response) => response.end('x'.repeat(101));
    expect(await call(get(server.origin, { bytesMax: 100 }))).toMatchObject({ outcome: 'too-large' });
    expect(await call(get(server.origin, { bytesMax: 101 }))).toMatchObject({ outcome: 'answered' });
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(200 * megabyte))],
    ['br', brotliCompressSync(Buffer.alloc(20 * megabyte))],
  ])('cannot blow up a small %s body into memory', async (encoding, bomb) => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb);
    const before = process.memoryUsage().rss;
    expect(await create()(get(server.origin))).toEqual({ outcome: 'too-large', mayHaveArrived: true });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * megabyte);
  });

  it.each([
    ['gzip', Buffer.from('not packed at all')],
    ['gzip', gzipSync('{"cut":"off"}').subarray(0, 20)],
    ['br', Buffer.from('not packed at all')],
    ['gzip, gzip', gzipSync(gzipSync('{}'))],
    ['deflate', Buffer.from('{}')],
  ])('is malformed when its %s body is not what it says', async (encoding, bytes) => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
    expect(await create()(get(server.origin))).toEqual({ outcome: 'malformed', mayHaveArrived: true });
  });

  it('is unreachable when it breaks off, talks nonsense or sends endless headers', async () => {
    const call = create();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x', () => response.destroy());
    };
    expect(await call(get(server.origin))).toEqual({
      outcome: 'unreachable',
      reason: 'connection-lost',
      mayHaveArrived: true,
    });
    answer = (request) => void request.socket.end('SSH-2.0-nonsense\r\n\r\n');
    expect(await call(get(server.origin))).toEqual({
      outcome: 'unreachable',
      reason: 'not-http',
      mayHaveArrived: true,
    });
    answer = (request) => void request.socket.end(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}\r\n`);
    expect(await call(get(server.origin))).toMatchObject({ outcome: 'too-large' });
    answer = (request) => void request.socket.destroy();
    expect(await call({ method: 'POST', url: server.origin, body: { form: {} } })).toEqual({
      outcome: 'unreachable',
      reason: 'connection-lost',
      mayHaveArrived: true,
    });
  });

  it('is unreachable when its certificate is for another name, over, or of an unknown authority', async () => {
    const failed = { outcome: 'unreachable', reason: 'certificate', mayHaveArrived: false };
    const url = server.origin.replace(host, 'stranger.example.org');
    expect(await create()(get(url))).toEqual(failed);
    const unknown = createProviderFetch({
      admittedNetworks: ['127.0.0.1'],
      resolve: () => Promise.resolve([loopback]),
    });
    open.push(unknown);
    expect(await unknown(get(server.origin))).toEqual(failed);
    const old = createSelfSigned([host], { until: new Date('2021-01-01T00:00:00Z') });
    const expired = await startSecureServer(host, (_, response) => response.end(), old);
    expect(await create({ trustedCertificates: [old.certificate] })(get(expired.origin))).toEqual(failed);
    expect(server.seen).toEqual([]);
    await expired.close();
  });

  it('is unreachable when nothing listens, it has no name, or it speaks no TLS', async () => {
    const plain = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('HTTP/1.1 200 OK\r\n\r\n');
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    expect(await create()(get(`https://${host}:${port}`))).toEqual({
      outcome: 'unreachable',
      reason: 'encryption',
      mayHaveArrived: false,
    });
    await new Promise((resolve) => plain.close(resolve));
    expect(await create()(get(`https://${host}:${port}`))).toEqual({
      outcome: 'unreachable',
      reason: 'connection-refused',
      mayHaveArrived: false,
    });
    const nameless = create({
      resolve: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    expect(await nameless(get(server.origin))).toEqual({
      outcome: 'unreachable',
      reason: 'name-not-found',
      mayHaveArrived: false,
    });
  });
});

describe('redirects', () => {
  it('are answers unless they were allowed, and never followed with a body', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    const call = create();
    expect(await call(get(server.origin))).toMatchObject({ outcome: 'answered', status: 302 });
    const posted = await call({ method: 'POST', url: server.origin, body: { form: {} }, redirectsMax: 3 });
    expect(posted).toMatchObject({ outcome: 'answered', status: 302 });
    expect(server.seen).toHaveLength(2);
  });

  it('keep the headers within an origin and none of them beyond it', async () => {
    const other = server.origin.replace(host, 'other.example.org');
    const ways: Record<string, string> = { '/1': '/2', '/2': `${other}/3` };
    answer = ({ url = '' }, response) => {
      const location = ways[url];
      if (location === undefined) response.end('{"arrived":true}');
      else response.writeHead(307, { location }).end();
    };
    const headers = { authorization: 'Bearer secret', 'x-key': 'secret', accept: 'application/fhir+json' };
    const got = await create()(get(`${server.origin}/1`, { headers, redirectsMax: 2 }));
    expect(got).toMatchObject({ outcome: 'answered', status: 200, url: `${other}/3` });
    expect(server.seen.map(({ headers: { authorization } }) => authorization)).toEqual([
      'Bearer secret',
      'Bearer secret',
      undefined,
    ]);
    expect(server.seen[2]?.headers).toMatchObject({ accept: 'application/fhir+json' });
    expect(server.seen[2]?.headers['x-key']).toBeUndefined();
  });

  it('end after the allowed number, also in a circle', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/again' }).end();
    expect(await create()(get(server.origin, { redirectsMax: 3 }))).toEqual({
      outcome: 'refused-address',
      reason: 'too-many-redirects',
      mayHaveArrived: true,
    });
    expect(server.seen).toHaveLength(4);
  });

  it.each([
    ['https://10.0.0.1/x', 'not-public'],
    ['https://169.254.169.254/latest', 'not-public'],
    ['https://[::ffff:127.0.0.1]/x', 'not-public'],
    ['https://inside.example.org/x', 'not-public'],
    ['http://vendor.example.org/x', 'not-https'],
    ['file:///etc/passwd', 'not-https'],
    ['https://user:password@vendor.example.org/', 'has-credentials'],
    ['https://', 'not-an-address'],
  ])('to %s are refused', async (location, reason) => {
    answer = (_, response) => response.writeHead(302, { location }).end();
    const call = create({
      resolve: (name) =>
        Promise.resolve([name === 'inside.example.org' ? { address: '192.168.1.1', family: 4 } : loopback]),
    });
    expect(await call(get(server.origin, { redirectsMax: 3 }))).toEqual({
      outcome: 'refused-address',
      reason,
      mayHaveArrived: true,
    });
    expect(server.seen).toHaveLength(1);
  });
});

describe('the policy for addresses', () => {
  it.each([
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://0177.0.0.1',
    'https://127.1',
    'https://[::1]',
    'https://[::ffff:7f00:1]',
    'https://10.1.2.3',
    'https://100.64.0.1',
    'https://[64:ff9b::7f00:1]',
    'https://[fe80::1]',
    'https://0',
  ])('refuses %s before any connection', async (origin) => {
    const before = server.connections();
    const call = create({ admittedNetworks: [] });
    expect(await call(get(`${origin}:${server.port}/`))).toEqual({
      outcome: 'refused-address',
      reason: 'not-public',
      mayHaveArrived: false,
    });
    expect(server.connections()).toBe(before);
  });

  it('refuses a name that leads inside, also when only one of its addresses does', async () => {
    const before = server.connections();
    const answers: Record<string, { address: string; family: number }[]> = {
      'inside.example.org': [loopback],
      'mixed.example.org': [{ address: '8.8.8.8', family: 4 }, loopback],
    };
    const call = create({
      admittedNetworks: [],
      resolve: (name) => Promise.resolve(answers[name] ?? []),
    });
    for (const name of Object.keys(answers))
      expect(await call(get(`https://${name}:${server.port}/`))).toEqual({
        outcome: 'refused-address',
        reason: 'not-public',
        mayHaveArrived: false,
      });
    expect(server.connections()).toBe(before);
  });

  it('judges the very answer that is connected to, so that switching answers gains nothing', async () => {
    const before = server.connections();
    let asked = 0;
    const call = create({
      admittedNetworks: [],
      // Harmless for whoever asks first, inside for whoever asks again.
      resolve: () => Promise.resolve(asked++ === 0 ? [{ address: '192.0.2.1', family: 4 }] : [loopback]),
    });
    for (let times = 0; times < 3; times++)
      expect(await call(get(server.origin))).toMatchObject({ outcome: 'refused-address' });
    expect(asked).toBe(3);
    expect(server.connections()).toBe(before);
    // Public at first: one lookup for one connection, and no second one whose answer could differ.
    asked = 0;
    const public_ = create({
      resolve: () => Promise.resolve(asked++ === 0 ? [loopback] : [{ address: '10.0.0.1', family: 4 }]),
    });
    expect(await public_({ method: 'POST', url: server.origin, body: { form: {} } })).toMatchObject({
      outcome: 'answered',
    });
    expect(asked).toBe(1);
    expect(await public_({ method: 'POST', url: server.origin, body: { form: {} } })).toMatchObject({
      outcome: 'refused-address',
    });
  });

  it('takes no proxy from the environment', async () => {
    for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, 'http://127.0.0.1:9');
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    try {
      expect(await create()(get(server.origin))).toMatchObject({ outcome: 'answered' });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
