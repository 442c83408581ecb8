import type { BrowserContext, Page } from 'playwright-core';
import type { Sighting } from './canaries.ts';

const sightingsMax = 5_000;

/**
 * What a document holds, as lines of text. An expression of its page; one without an origin, as an error page, has no
 * storage.
 */
const contents = `[
  location.href,
  document.referrer,
  window.name,
  JSON.stringify(history.state),
  document.documentElement.outerHTML,
  ...[...document.querySelectorAll('input, textarea, select')].map((field) => field.value),
  ...(origin === 'null' ? [] : [document.cookie, Object.entries(sessionStorage), Object.entries(localStorage)]),
].flat(2).join('\\n')`;

/**
 * Keeps what every page of the context, popups included, held when it was left, and what it wrote to the console.
 * Gives a function that tells it, and fails when it was more than is kept.
 */
export async function watchPages(context: BrowserContext): Promise<() => readonly Sighting[]> {
  const seen: Sighting[] = [];
  let isFull = false;
  const keep = (place: string, text: string) => {
    isFull ||= seen.length === sightingsMax;
    if (!isFull) seen.push({ place, text });
  };
  await context.exposeBinding('tributaryLeaving', (_source, address: string, held: string) =>
    keep(`the page ${withoutQuery(address)} when it was left`, held),
  );
  // At `pagehide` it would be too late: nothing that is said then comes through.
  await context.addInitScript({
    content: `addEventListener('beforeunload', () => window.tributaryLeaving(location.href, ${contents}))`,
  });
  context.on('console', (message) => {
    // Asked for by the browser itself; that there is none is nobody's mistake.
    if (!message.location().url.endsWith('/favicon.ico')) keep('the console', message.text());
  });
  context.on('weberror', (error) => keep('the console', String(error.error())));
  return () => {
    if (isFull) throw new Error('Pages showed more than is kept');
    return seen;
  };
}

/** What the browser holds now: every open page, the history of its tab, all cookies and all lasting storage. */
export async function readBrowser(context: BrowserContext): Promise<Sighting[]> {
  const pages = await Promise.all(context.pages().map(readPage));
  const { cookies, origins } = await context.storageState({ indexedDB: true });
  return [
    ...pages.flat(),
    { place: 'cookies', text: JSON.stringify(cookies) },
    { place: 'lasting storage', text: JSON.stringify(origins) },
  ];
}

async function readPage(page: Page): Promise<Sighting[]> {
  const place = withoutQuery(page.url());
  const addresses = await readHistory(page);
  const documents = await Promise.all(page.frames().map((frame) => frame.evaluate<string>(contents)));
  return [
    ...documents.map((text) => ({ place: `the page ${place}`, text })),
    ...addresses.map((text) => ({ place: `the history of the tab at ${place}`, text })),
  ];
}

/** The addresses that the back button of a tab leads to, the present one last, by the browser's own account. */
export async function readHistory(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send('Page.getNavigationHistory');
  await session.detach();
  return entries.map((entry) => entry.url);
}

/** Messages of failed tests name pages; what is secret about an address is in its query and fragment. */
function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}
