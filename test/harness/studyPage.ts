import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseCookie } from 'cookie';
import type { Page } from 'playwright-core';
import type { Profile } from './browser.ts';

/** The web site of a study, on another origin than the service: its pages load the platform's SDK, unmodified. */
export interface StudySite {
  readonly origin: string;
  /** Says whose browser this is, from now on. */
  signIn(profile: Profile, accessToken: string): Promise<void>;
  /** A tab with the study's page in which the SDK is ready for use. */
  open(profile: Profile, path?: string): Promise<Page>;
  close(): Promise<void>;
}

/** What a call of the SDK gave to the page: its value, left out when there is none, or what was thrown. */
export interface SdkOutcome {
  readonly value?: unknown;
  /** Null stands for undefined. */
  readonly thrown?: string | null;
}

const folder = join(import.meta.dirname, 'studyPage');
const files: Readonly<Record<string, readonly [path: string, type: string]>> = {
  '/page.js': [join(folder, 'page.js'), 'text/javascript'],
  '/sdk.js': [
    join(import.meta.dirname, '../../node_modules/@careevolution/mydatahelps-js/MyDataHelps.js'),
    'text/javascript',
  ],
};
const page = [join(folder, 'index.html'), 'text/html'] as const;

/**
 * @param baseUrl of the service, with the slash at the end that the SDK wants
 * @param referrerPolicy of its pages; the browser's own unless given
 */
export async function startStudySite(baseUrl: string, referrerPolicy?: string): Promise<StudySite> {
  const sessions = new Map<string, string>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://site');
    const accessToken = sessions.get(parseCookie(request.headers.cookie ?? '')['study'] ?? '');
    if (referrerPolicy !== undefined) response.setHeader('referrer-policy', referrerPolicy);
    if (pathname === '/favicon.ico') response.writeHead(204).end();
    else if (pathname !== '/session') void sendFile(response, files[pathname] ?? page);
    else if (accessToken === undefined) response.writeHead(401).end();
    else
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ accessToken, baseUrl, lifetimeS: 21_600 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    signIn: async ({ context }, accessToken) => {
      const session = randomUUID();
      sessions.set(session, accessToken);
      await context.addCookies([
        { name: 'study', value: session, url: origin, httpOnly: true, sameSite: 'Lax' },
      ]);
    },
    open: async (profile, path = '/') => {
      const tab = await profile.open(origin + path);
      await tab.waitForSelector('body[data-ready]');
      return tab;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function sendFile(
  response: ServerResponse,
  [path, type]: readonly [path: string, type: string],
): Promise<void> {
  response.setHeader('content-type', `${type}; charset=utf-8`).end(await readFile(path));
}

/** Calls a method of the SDK in a page of the study; gives what the page shows for it. */
export async function callSdk(tab: Page, method: string, ...words: readonly unknown[]): Promise<SdkOutcome> {
  await tab.evaluate(`callSdk(${JSON.stringify(method)}, ${JSON.stringify(words)})`);
  return readOutcome(tab);
}

/** What the page shows of its last call, once there is something. */
export async function readOutcome(tab: Page): Promise<SdkOutcome> {
  await tab.waitForFunction(`document.getElementById('outcome').value !== ''`);
  return JSON.parse(await tab.evaluate<string>(`document.getElementById('outcome').value`)) as SdkOutcome;
}
