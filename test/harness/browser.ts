import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeEach, describe } from 'vitest';
import type { Sighting } from './canaries.ts';
import { findChromium } from './findChromium.ts';
import { readBrowser, watchPages } from './watchPages.ts';
import { startWitness, type Witness } from './witness.ts';

/**
 * One person's browser: cookies, storage, cache and history of its own, and a way out that is written down. Those of
 * one file are profiles of one Chromium process, which is the dear part.
 */
export interface Profile {
  readonly context: BrowserContext;
  readonly witness: Witness;
  /** A new tab, at the address if one is given. */
  open(url?: string): Promise<Page>;
  /**
   * Everything that somebody with this browser in hand could read: what its pages hold, what those that are gone
   * held at last, cookies, storage, the history of every tab, the console.
   */
  collect(): Promise<Sighting[]>;
  close(): Promise<void>;
}

const executablePath = findChromium(process.env);
const open = new Set<Profile>();
let running: Promise<{ readonly browser: Browser; readonly home: string }> | undefined;
/** For one step, and for a whole test: machines that build are slow, and two browsers start in some tests. */
const stepTimeoutMs = 20_000;
const testTimeoutMs = 90_000;

/** `describe` for tests that need a browser. Without one they are skipped, and the run says so. */
export function describeWithBrowser(name: string, body: () => void): void {
  if (executablePath === undefined) {
    console.warn(
      `SKIPPED: ${name}. There is no browser here. Install Debian's package chromium, or name a Chromium in TRIBUTARY_TEST_CHROMIUM.`,
    );
    describe.skip(`${name} (no browser here)`, body);
    return;
  }
  describe(name, { timeout: testTimeoutMs }, () => {
    // A hook that fails keeps later ones from running; this runs always.
    beforeEach(({ onTestFinished }) => onTestFinished(closeProfiles));
    afterAll(closeBrowser);
    body();
  });
}

async function closeProfiles(): Promise<void> {
  for (const profile of open) await profile.close();
}

async function closeBrowser(): Promise<void> {
  await closeProfiles();
  if (running === undefined) return;
  const { browser, home } = await running;
  running = undefined;
  await browser.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

/** A fresh browser, in the time zone if one is given; closed at the end of the test that opened it. */
export async function newProfile({ timeZone }: { readonly timeZone?: string } = {}): Promise<Profile> {
  const { browser } = await (running ??= launch());
  const witness = await startWitness();
  const context = await browser.newContext({
    proxy: { server: witness.origin },
    ...(timeZone === undefined ? {} : { timezoneId: timeZone }),
  });
  context.setDefaultTimeout(stepTimeoutMs);
  const gone = await watchPages(context);
  const profile: Profile = {
    context,
    witness,
    open: async (url) => {
      const page = await context.newPage();
      if (url !== undefined) await page.goto(url);
      return page;
    },
    collect: async () => [...gone(), ...(await readBrowser(context))],
    close: async () => {
      if (!open.delete(profile)) return;
      await context.close();
      await witness.close();
    },
  };
  open.add(profile);
  return profile;
}

async function launch(): Promise<{ readonly browser: Browser; readonly home: string }> {
  if (executablePath === undefined) throw new Error('newProfile is for describeWithBrowser');
  const home = await mkdtemp(join(tmpdir(), 'tributary-browser-'));
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    // Chromium's own sandbox does not work for root.
    chromiumSandbox: process.getuid?.() !== 0,
    env: { PATH: process.env.PATH ?? '', HOME: home },
    // Nobody is there: what belongs to no profile reaches nothing.
    proxy: { server: 'http://127.0.0.1:9' },
    // As people have it: a window that nobody clicked for is not opened.
    ignoreDefaultArgs: ['--disable-popup-blocking'],
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return { browser, home };
}
