import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithBrowser, newProfile, type Profile } from '../harness/browser.ts';
import { findCanaries } from '../harness/canaries.ts';
import { findChromium } from '../harness/findChromium.ts';
import { readHistory } from '../harness/watchPages.ts';

const secret = 'canary-3f9a/+4c71?&="e';
let server: Server;
let site: string;
let asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/moved')
      response.writeHead(303, { location: `/arrived?code=${encodeURIComponent(secret)}` });
    else response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Page</title><a href="/next" target="child">next</a>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const find = async (profile: Profile) => findCanaries(await profile.collect(), { secret });

describeWithBrowser('the browser of the tests', () => {
  it.each([
    ['the document', `document.body.append(SECRET)`, 'the page'],
    [
      'a field',
      `document.body.innerHTML = '<input>'; document.querySelector('input').value = SECRET`,
      'the page',
    ],
    ['the name of the window', `window.name = SECRET`, 'the page'],
    ['the storage of the tab', `sessionStorage.setItem('a', SECRET)`, 'the page'],
    ['lasting storage', `localStorage.setItem('a', btoa('x' + SECRET))`, 'lasting storage'],
    ['a cookie', `document.cookie = 'a=' + encodeURIComponent(SECRET)`, 'cookies'],
    ['the address', `history.pushState(null, '', '#' + encodeURIComponent(SECRET))`, 'the history'],
    ['the console', `console.log(SECRET)`, 'the console'],
    [
      'a database of the page',
      `new Promise((done) => {
         const opened = indexedDB.open('d');
         opened.onupgradeneeded = () => opened.result.createObjectStore('s');
         opened.onsuccess = () => {
           const writing = opened.result.transaction('s', 'readwrite');
           writing.objectStore('s').put(SECRET, 'k');
           writing.oncomplete = () => { opened.result.close(); done(); };
         };
       })`,
      'lasting storage',
    ],
  ])('finds a secret in %s', async (_name, hide, place) => {
    const profile = await newProfile();
    const page = await profile.open(`${site}/`);
    expect(await find(profile)).toEqual([]);
    await page.evaluate(hide.replace('SECRET', JSON.stringify(secret)));
    const found = await find(profile);
    expect(found.some((where) => where.startsWith(`secret in ${place}`))).toBe(true);
    expect(found.join()).not.toContain(secret);
  });

  it('finds a secret in a page that is gone, also in a window that closed itself', async () => {
    const profile = await newProfile();
    const page = await profile.open(`${site}/first`);
    await page.evaluate(`document.title = ${JSON.stringify(secret)}`);
    await page.goto(`${site}/second`);
    expect(await find(profile)).toEqual([`secret in the page ${site}/first when it was left`]);
    const [child] = await Promise.all([page.waitForEvent('popup'), page.click('a')]);
    await child.waitForURL(`${site}/next`);
    const closed = child.waitForEvent('close');
    await child.evaluate(`document.title = ${JSON.stringify(secret)}; setTimeout(() => window.close())`);
    await closed;
    expect(await find(profile)).toContain(`secret in the page ${site}/next when it was left`);
  });

  it('writes down every request and answer, those behind a redirect included, and the history', async () => {
    const profile = await newProfile();
    const page = await profile.open(`${site}/moved`);
    const arrived = `${site}/arrived?code=${encodeURIComponent(secret)}`;
    const seen = profile.witness.exchanges().filter(({ url }) => !url.endsWith('/favicon.ico'));
    expect(seen).toMatchObject([
      { method: 'GET', url: `${site}/moved`, status: 303, reason: 'See Other' },
      {
        method: 'GET',
        url: arrived,
        status: 200,
        reason: 'OK',
        answerBody: expect.stringContaining('next') as string,
      },
    ]);
    expect(seen[0]?.answerHeaders['location']).toBe(arrived.slice(site.length));
    expect(seen[1]?.headers['user-agent']).toContain('Chrome');
    expect(await readHistory(page)).toEqual(['about:blank', arrived]);
  });

  it('keeps a request from its server, and the page where it is, when it is told to', async () => {
    const profile = await newProfile();
    const page = await profile.open(`${site}/start`);
    asked = [];
    const caught = profile.witness.intercept(/\/caught\?/);
    await page.evaluate(`location.href = '/caught?code=1'`);
    expect(await caught).toBe(`${site}/caught?code=1`);
    expect(page.url()).toBe(`${site}/start`);
    await page.goto(`${site}/caught?code=1`);
    expect(asked.filter((url) => url.startsWith('/caught'))).toEqual(['/caught?code=1']);
  });

  it('reaches this machine and nothing else', async () => {
    const profile = await newProfile();
    const page = await profile.open(`${site}/`);
    const outcomes = await page.evaluate<
      string[]
    >(`Promise.all(['http://outside.example.org/', 'https://outside2.example.org/']
      .map((url) => fetch(url, { mode: 'no-cors' }).then((answer) => answer.type, (error) => error.name)))`);
    // Of an answer that it must not read, a page learns nothing: a refusal of the proxy is opaque like any other.
    expect(outcomes).toEqual(['opaque', 'TypeError']);
    expect([...profile.witness.refused]).toEqual(
      expect.arrayContaining(['outside.example.org', 'outside2.example.org']),
    );
    expect(profile.witness.exchanges().every(({ url }) => url.startsWith(site))).toBe(true);
  });

  it('shares nothing between two profiles', async () => {
    const [a, b] = [await newProfile(), await newProfile()];
    const [pageOfA, pageOfB] = [await a.open(`${site}/`), await b.open(`${site}/`)];
    await pageOfA.evaluate(`document.cookie = 'who=a; max-age=60'; localStorage.setItem('who', 'a')`);
    expect(await pageOfA.evaluate('document.cookie + localStorage.who')).toBe('who=aa');
    expect(await pageOfB.evaluate('document.cookie + localStorage.who')).toBe('undefined');
  });

  it.each(['UTC', 'America/New_York', 'Asia/Tokyo'])('lives in %s', async (timeZone) => {
    const profile = await newProfile({ timeZone });
    const page = await profile.open(`${site}/`);
    expect(await page.evaluate('Intl.DateTimeFormat().resolvedOptions().timeZone')).toBe(timeZone);
  });
});

describe('a search for secrets', () => {
  const places = (text: string) => findCanaries([{ place: 'somewhere', text }], { secret });
  it.each([
    ['itself', secret],
    ['percent-encoded', `?q=${encodeURIComponent(secret)}&r=1`],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['in JSON', JSON.stringify({ a: [secret] })],
    ['in an element', secret.replaceAll('&', '&amp;')],
    ['in an attribute', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in hexadecimal', Buffer.from(secret).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 behind one byte', Buffer.from(`x${secret}y`).toString('base64')],
    ['in base64url behind two bytes', Buffer.from(`xx${secret}yy`).toString('base64url')],
  ])('finds one %s', (_name, text) => {
    expect(places(text)).toEqual(['secret in somewhere']);
    expect(places(text.slice(0, text.length / 2))).toEqual([]);
  });

  it('is refused for what would be found everywhere', () => {
    expect(() => findCanaries([], { short: '1234567' })).toThrow('too short');
  });
});

describe('looking for a Chromium', () => {
  const debian = (path: string) => path === '/usr/bin/chromium';
  it('finds the one that the machine has, and none where there is none', () => {
    expect(findChromium({}, debian)).toBe('/usr/bin/chromium');
    expect(findChromium({}, (path) => path === '/usr/bin/google-chrome')).toBe('/usr/bin/google-chrome');
    expect(findChromium({}, () => false)).toBeUndefined();
    expect(findChromium({ TRIBUTARY_TEST_CHROMIUM: 'none' }, debian)).toBeUndefined();
  });

  it('takes the one that is named, and fails when that one is not there', () => {
    expect(findChromium({ TRIBUTARY_TEST_CHROMIUM: '/opt/chrome' }, () => true)).toBe('/opt/chrome');
    expect(() => findChromium({ TRIBUTARY_TEST_CHROMIUM: '/opt/chrome' }, debian)).toThrow('/opt/chrome');
  });
});
