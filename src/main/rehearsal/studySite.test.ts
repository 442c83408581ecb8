import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandFailed } from '../commandLine.ts';
import { startStudySite, type StudySite } from './studySite.ts';

const token = 'trp_of-the-rehearsal';
let site: StudySite | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

async function start(getToken = () => Promise.resolve(token), port = 0): Promise<StudySite> {
  site = await startStudySite({ port, serviceUrl: 'http://localhost:8080/accounts', getToken });
  return site;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function send(
  { origin }: StudySite,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(origin);
    const request = ask({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    request.on('error', reject).end();
  });
}

describe('the site of the study', () => {
  it('hands the token to its own page', async () => {
    const running = await start();
    const answer = await send(running, '/session', { method: 'POST', headers: { origin: running.origin } });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      serviceUrl: 'http://localhost:8080/accounts',
      accessToken: token,
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['another page', { origin: 'https://evil.example.org' }],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { origin: 'null' }],
    ['whoever says nothing', {}],
  ])('hands no token to %s', async (_who, headers) => {
    const running = await start();
    const answer = await send(running, '/session', { method: 'POST', headers });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain(token);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('hands no token to a name that only leads here', async () => {
    const running = await start();
    const { port } = new URL(running.origin);
    for (const host of [`evil.example.org:${port}`, 'evil.example.org', `localhost:${port}`, '127.0.0.1'])
      for (const origin of [running.origin, `http://${host}`]) {
        const answer = await send(running, '/session', { method: 'POST', headers: { host, origin } });
        expect(answer.status).toBe(421);
        expect(answer.body).not.toContain(token);
      }
    const page = await send(running, '/', { headers: { host: `evil.example.org:${port}` } });
    expect(page.status).toBe(421);
  });

  it('hands no token to a request that a link or an image makes', async () => {
    const running = await start();
    const answer = await send(running, '/session', { headers: { origin: running.origin } });
    expect(answer.status).toBe(405);
    expect(answer.body).not.toContain(token);
  });

  it('leads from localhost to the name that it has on the list of the study', async () => {
    const running = await start();
    const { port } = new URL(running.origin);
    const answer = await send(running, '/', { headers: { host: `localhost:${port}` } });
    expect([answer.status, answer.headers['location']]).toEqual([303, `${running.origin}/`]);
  });

  it('shows a page that may call the service alone, in nobody’s frame', async () => {
    const running = await start();
    const page = await send(running, '/?success=true&provider=1');
    expect(page.status).toBe(200);
    const policy = String(page.headers['content-security-policy']).split('; ');
    expect(policy).toContain("connect-src 'self' http://localhost:8080");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    // A connect address opens only for whoever comes from a page of the study.
    expect(page.headers['referrer-policy']).toBe('strict-origin-when-cross-origin');
    for (const path of ['/page.js', '/style.css']) {
      expect(page.body).toContain(`"${path}"`);
      expect((await send(running, path)).status).toBe(200);
    }
    expect((await send(running, '/other')).status).toBe(404);
  });

  it('tells why there is no token, in the words for people, and nothing of what it did not expect', async () => {
    let running = await start(() => Promise.reject(new CommandFailed('Nothing answers there.')));
    const own = { method: 'POST', headers: { origin: running.origin } };
    const told = await send(running, '/session', own);
    expect([told.status, JSON.parse(told.body)]).toEqual([502, { message: 'Nothing answers there.' }]);
    await running.close();
    running = await start(() => Promise.reject(new Error('secret 42')));
    const failed = await send(running, '/session', { method: 'POST', headers: { origin: running.origin } });
    expect([failed.status, failed.body]).toEqual([500, '']);
  });

  it('takes another port when its own is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const running = await start(undefined, port);
    expect(running.origin).not.toBe(`http://127.0.0.1:${port}`);
    expect((await send(running, '/')).status).toBe(200);
    other.close();
  });
});
