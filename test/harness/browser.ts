import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeEach, describe } from 'vitest';
import type { Sighting } from './canaries.ts';
import { findChromium } from './findChromium.ts';
import { readBrowser, watchPages } from './watchPages.ts';
import { startWitness, type Witness } from './witness.ts';

/** One person's browser: a Chromium process with a directory of its own, and a way out that is written down. */
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
    afterAll(closeProfiles);
    body();
  });
}

async function closeProfiles(): Promise<void> {
  for (const profile of open) await profile.close();
}

/** A fresh browser, in the time zone if one is given; closed at the end of the test that opened it. */
export async function newProfile({ timeZone }: { readonly timeZone?: string } = {}): Promise<Profile> {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-browser-'));
  const witness = await startWitness();
  const context = await launch(directory, witness, timeZone).catch(async (error: unknown) => {
    await witness.close();
    await rm(directory, { recursive: true, force: true });
    throw error;
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
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  open.add(profile);
  return profile;
}

function launch(directory: string, witness: Witness, timeZone: string | undefined): Promise<BrowserContext> {
  if (executablePath === undefined) throw new Error('newProfile is for describeWithBrowser');
  return chromium.launchPersistentContext(join(directory, 'profile'), {
    executablePath,
    headless: true,
    // Chromium's own sandbox does not work for root.
    chromiumSandbox: process.getuid?.() !== 0,
    env: { PATH: process.env.PATH ?? '', HOME: directory },
    proxy: { server: witness.origin },
    ...(timeZone === undefined ? {} : { timezoneId: timeZone }),
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
}
