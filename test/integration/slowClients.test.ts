import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Type } from 'typebox';
import { afterEach, expect, it, vi } from 'vitest';
import { buildHttp } from '../../src/platform/http/buildHttp.ts';
import { bindRoute, defineRoute } from '../../src/platform/http/defineRoute.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { systemClock } from '../../src/platform/time/clock.ts';

// On one PostgreSQL: it needs none.
const patience = { headersMs: 300, requestMs: 600, checkEveryMs: 100, lingerMs: 300 };
const count = 300;
const host = 'Host: accounts.example.org\r\n';

const readForm = defineRoute({
  operationID: 'readForm',
  method: 'POST',
  path: '/form',
  summary: 'Reads a form',
  caller: 'none',
  form: { schema: Type.Object({ word: Type.String() }), bytesMax: 1_000_000 },
  answers: { 204: { description: 'It was read.' } },
  answer: () => Promise.resolve({ status: 204 }),
});

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function start() {
  const logged: string[] = [];
  const app = buildHttp({
    publicUrl: 'https://accounts.example.org',
    log: createWatchedLog(logged).log,
    clock: systemClock,
    patience,
    routes: [bindRoute(readForm, {})],
    admit: () => Promise.resolve(undefined),
    trustedProxies: [],
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  opened.push(app);
  const { port } = app.server.address() as AddressInfo;
  return { app, port, logged };
}

/** A client that sends this much and never closes, whatever the server does. */
async function openStubborn(port: number, sent: string): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  opened.push({ close: () => socket.destroy() });
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(sent);
  return { socket, received: () => text };
}

function countSockets(app: Awaited<ReturnType<typeof start>>['app']): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, found) => (error === null ? resolve(found) : reject(error)));
  });
}

for (const [what, sent, status] of [
  ['half a header', `GET /form HTTP/1.1\r\n${host}X-Half: `, 408],
  [
    'half a body',
    `POST /form HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nword=`,
    408,
  ],
  ['no HTTP', 'what is this\r\n\r\n', 400],
] as const)
  it(`keeps no connection of clients that send ${what} and never close`, async () => {
    const { app, port } = await start();
    const clients = await Promise.all(Array.from({ length: count }, () => openStubborn(port, sent)));
    await vi.waitFor(() => {
      for (const { received } of clients) expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }, 10_000);
    expect(JSON.parse(clients[0]!.received().split('\r\n\r\n')[1]!)).toMatchObject({ status });
    await vi.waitFor(async () => expect(await countSockets(app)).toBe(0), 10_000);
  });

it('takes a client that closes in the middle of its body for nothing unexpected', async () => {
  const { app, port, logged } = await start();
  const { socket } = await openStubborn(
    port,
    `POST /form HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nword=`,
  );
  await vi.waitFor(async () => expect(await countSockets(app)).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.resetAndDestroy();
  await vi.waitFor(async () => expect(await countSockets(app)).toBe(0), 5_000);
  // What failed would have been logged by the time that somebody else is answered.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const healthy = await fetch(`http://127.0.0.1:${port}/form`, {
    method: 'POST',
    body: new URLSearchParams({ word: 'w' }),
  });
  expect(healthy.status).toBe(204);
  await vi.waitFor(() => expect(logged.join('')).toContain('"status":204'));
  expect(logged.join('')).not.toContain('unexpected-error');
});
