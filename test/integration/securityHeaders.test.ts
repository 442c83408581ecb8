import { systemClock } from '../../src/platform/time/clock.ts';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHttp } from '../../src/platform/http/buildHttp.ts';
import { bindRoute, defineRoute } from '../../src/platform/http/defineRoute.ts';

const open = defineRoute({
  operationID: 'open',
  method: 'GET',
  path: '/open',
  summary: 'For pages of any origin',
  caller: 'none',
  browsers: true,
  answers: { 200: { description: 'An answer.' } },
  answer: () => Promise.resolve({ status: 200, body: { open: true } }),
});
const broken = defineRoute({
  ...open,
  operationID: 'broken',
  path: '/broken',
  answer: () => Promise.reject(new Error('a bug')),
});

const build = (publicUrl: string) =>
  buildHttp({
    publicUrl,
    log: () => undefined,
    clock: systemClock,
    routes: [bindRoute(open, {}), bindRoute(broken, {})],
    admit: () => Promise.resolve(undefined),
    trustedProxies: [],
  });

const everywhere = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': expect.stringContaining('camera=()') as string,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
const insistent = { ...everywhere, 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

describe('every answer says what may be done with it', () => {
  const app = build('https://accounts.example.org');
  let port = 0;

  beforeAll(async () => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = app.server.address() as AddressInfo);
  });
  afterAll(() => app.close());

  const host = 'Host: x\r\nConnection: close\r\n';
  it.each<readonly [string, number, string]>([
    ['to a request', 200, `GET /open HTTP/1.1\r\n${host}\r\n`],
    ['to HEAD', 404, `HEAD /open HTTP/1.1\r\n${host}\r\n`],
    [
      'to a preflight',
      204,
      `OPTIONS /open HTTP/1.1\r\n${host}Origin: https://x\r\nAccess-Control-Request-Method: GET\r\n\r\n`,
    ],
    ['that refuses a query', 400, `GET /open?x=1 HTTP/1.1\r\n${host}\r\n`],
    ['to a path that is nowhere', 404, `GET /nowhere HTTP/1.1\r\n${host}\r\n`],
    ['to a method that nothing has', 404, `PROPFIND /open HTTP/1.1\r\n${host}\r\n`],
    ['to a path that cannot be decoded', 400, `GET /% HTTP/1.1\r\n${host}\r\n`],
    ['that tells of a failure inside', 500, `GET /broken HTTP/1.1\r\n${host}\r\n`],
    ['to what is not HTTP', 400, `HELLO /open HTTP/1.1\r\n${host}\r\n`],
    ['to headers that are too large', 431, `GET /open HTTP/1.1\r\nX: ${'x'.repeat(300_000)}\r\n${host}\r\n`],
    ['to a request that names no host', 400, `GET /open HTTP/1.1\r\nConnection: close\r\n\r\n`],
    ['to HTTP/1.0, which need not name one', 200, `GET /open HTTP/1.0\r\n\r\n`],
    ['to an expectation that nobody knows', 200, `GET /open HTTP/1.1\r\n${host}Expect: 200-ok\r\n\r\n`],
  ])('%s', async (_, status, request) => {
    const answer = await exchange(port, request);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(insistent);
  });
});

it('insists on TLS only where the public URL has it: browsers would be locked out for a year', async () => {
  const app = build('http://localhost:3000');
  for (const url of ['/open', '/nowhere', '/%']) {
    const { headers } = await app.inject({ url });
    expect(headers).toMatchObject(everywhere);
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
  await app.close();
});

/** What a server answers to these bytes, until it closes. */
function exchange(port: number, sent: string): Promise<{ status: number; headers: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(sent));
    socket.setTimeout(10_000, () => socket.destroy(new Error('The server left the connection open')));
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      const [first, ...lines] = text.split('\r\n\r\n', 1)[0]!.split('\r\n');
      const headers = lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]);
      resolve({
        status: Number(first!.split(' ')[1]),
        headers: Object.fromEntries(headers) as Record<string, string>,
      });
    });
  });
}
