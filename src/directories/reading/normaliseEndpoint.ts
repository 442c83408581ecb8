import { isIP } from 'node:net';
import { isPublicAddress } from '../../platform/outbound/addressPolicy.ts';

/** Why an address is of no use, in words for whoever maintains the directory. */
export const refusals = {
  'not-an-address': 'not an absolute web address',
  'too-long': 'address longer than 1,000 characters',
  'not-https': 'not https: tokens and health records must not travel readable',
  'has-credentials': 'user name or password inside the address',
  'has-query': 'query or fragment: not the base address of a FHIR server',
  'address-in-path': 'a second address inside the path',
  'not-public': 'a host that does not exist on the public internet',
} as const;
/** A code of {@link refusals}. */
export type Refusal = keyof typeof refusals;

type EndpointReading =
  | {
      readonly endpoint: string;
      /** The same address as it was given, letter by letter. */
      readonly published: string;
    }
  | { readonly refusal: Refusal };

/** Together with a name of 300 characters this stays below what an index of PostgreSQL takes (2,704 bytes). */
const endpointLengthMax = 1_000;

/**
 * The one spelling of a FHIR server's base address, or why it is refused.
 *
 * Parsed as browsers do (WHATWG URL); the host in lower case and without a final dot, no default port, no
 * trailing slash. The rest of the path is kept as it is, because servers tell `/FHIR` from `/fhir`. Hosts are
 * judged by their text alone, nothing is looked up: what a name resolves to is judged when it is called.
 * Normalising a normalised address changes nothing, and neither does it as it was published.
 */
export function normaliseEndpoint(text: string): EndpointReading {
  if (text.length > endpointLengthMax * 2) return { refusal: 'too-long' };
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return { refusal: 'not-an-address' };
  if (url.protocol !== 'https:') return { refusal: 'not-https' };
  if (url.username !== '' || url.password !== '') return { refusal: 'has-credentials' };
  if (url.search !== '' || url.hash !== '') return { refusal: 'has-query' };
  if (/https?:\//i.test(url.pathname)) return { refusal: 'address-in-path' };
  const host = url.hostname.replace(/\.$/, '');
  if (host.split('.').includes('')) return { refusal: 'not-an-address' };
  if (!isPublicHost(host)) return { refusal: 'not-public' };
  // A bar is legal in the parser's eyes only (RFC 3986 wants it escaped), and it divides our source keys.
  const path = url.pathname.replace(/\/+$/, '').replaceAll('|', '%7C');
  const endpoint = `https://${host}${url.port === '' ? '' : `:${url.port}`}${path}`;
  return endpoint.length > endpointLengthMax
    ? { refusal: 'too-long' }
    : { endpoint, published: spellAsPublished(text.trim(), endpoint) };
}

/** What RFC 3986 lets a base address consist of. */
const wellWritten = /^https:\/\/[\w.:[\]-]+(?:\/[\w.~!$&'()*+,;=:@/%-]*)?$/i;

/**
 * The text itself: its final slash, default port and capitals make a difference to servers that compare letters. What
 * only a browser's leniency reads (backslashes, other scripts, an empty query) no server calls itself: of that no more
 * is kept than the slash.
 */
function spellAsPublished(text: string, endpoint: string): string {
  if (wellWritten.test(text)) return text;
  return text.endsWith('/') ? `${endpoint}/` : endpoint;
}

/** Whether a host can be one of the public internet: a name under a top-level domain, or a public address. */
function isPublicHost(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0) return isPublicAddress(address);
  const labels = host.split('.');
  const top = labels.at(-1) ?? '';
  return (
    labels.length > 1 &&
    /^([a-z]{2,}|xn--.+)$/.test(top) &&
    !privateTopLevels.has(top) &&
    !host.endsWith('.home.arpa')
  );
}

/** Set aside by RFC 2606, 6761, 6762 and 8375 and by ICANN, or never delegated and usual inside networks. */
const privateTopLevels = new Set(
  'corp example home internal intranet invalid lan local localdomain localhost mail private test'.split(' '),
);
