/**
 * The platform's own JavaScript SDK, unmodified, in a browser's stead: a process of its own, because the SDK is one
 * object made when it is imported, and its timer keeps the process alive.
 *
 * Arguments: base address, participant token, and a JSON list of calls (method, arguments). Prints the outcome of
 * each as JSON.
 */
import { webcrypto } from 'node:crypto';

const [base = '', token = '', calls = '[]'] = process.argv.slice(2);
/** Its published types describe a browser, for the whole project. */
interface Jsdom {
  readonly JSDOM: new (
    html: string,
    options: { url: string },
  ) => { readonly window: { readonly document: unknown } };
}
const browser: string = 'jsdom';
const { JSDOM } = (await import(browser)) as Jsdom;
const { window } = new JSDOM('<!doctype html>', { url: base });
Object.defineProperty(window, 'crypto', { value: webcrypto, configurable: true });
Object.assign(globalThis, { window, document: window.document });

const { default: sdk } = (await import('@careevolution/mydatahelps-js')) as unknown as {
  default: Record<string, (...words: unknown[]) => unknown>;
};
sdk['setParticipantAccessToken']?.(
  { access_token: token, expires_in: 21_600, token_type: 'Bearer' },
  `${base}/`,
);
const outcomes: unknown[] = [];
for (const [method, words] of JSON.parse(calls) as [string, unknown[]][]) {
  try {
    const value: unknown = await sdk[method]?.(...words);
    outcomes.push(value instanceof Response ? { status: value.status } : value);
  } catch (error) {
    outcomes.push({ thrown: String(error) });
  }
}
const instants = (
  outcomes.flat().filter((one) => one !== null && one !== undefined) as { lastRefreshDate?: string }[]
)
  .map((one) => one.lastRefreshDate)
  .filter((date) => date !== undefined)
  .map((date) => new Date(date).getTime());
process.stdout.write(JSON.stringify({ outcomes, instants }), () => process.exit(0));
