import { DomainError } from '../errors/domainError.ts';
import { invalidRequest } from './errors.ts';

/** A byte order mark is a character of the value like any other: dropped, it would change what is asked for. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The parameters of a query string (or a form body), each name once.
 *
 * Stricter than `URLSearchParams` on purpose: a filter that is dropped or misread widens a result that
 * somebody then deletes. `+` and `%20` both mean a space.
 *
 * @throws {DomainError} `invalid-request` for a repeated name, a broken escape, bytes that are not UTF-8, or NUL
 */
export function parseQuery(text: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    if (name in parameters)
      throw new DomainError(invalidRequest, `The parameter "${printable(name)}" is given more than once.`);
    parameters[name] = value;
  }
  return parameters;
}

/** Refuses parameters that the operation does not have, and says which it has. */
export function refuseUnknown(given: Readonly<Record<string, string>>, allowed: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !allowed.includes(name));
  if (unknown === undefined) return;
  const list = allowed.length === 0 ? 'This operation takes none.' : `Allowed are: ${allowed.join(', ')}.`;
  throw new DomainError(invalidRequest, `There is no parameter "${printable(unknown)}". ${list}`);
}

/** At most 60 characters of a caller's text, without control characters, for quoting it in an error. */
export function printable(text: string): string {
  const safe = text.replace(/[\p{C}"\\]/gu, '?');
  return safe.length > 60 ? `${safe.slice(0, 60)}…` : safe;
}

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = isPlain(text)
      ? text.replaceAll('+', ' ')
      : decoder.decode(percentDecode(text.replaceAll('+', ' ')));
  } catch {
    throw new DomainError(invalidRequest, 'The query holds an escape or bytes that are not valid UTF-8.');
  }
  if (decoded.includes('\0')) throw new DomainError(invalidRequest, 'The query holds a NUL character.');
  return decoded;
}

function isPlain(text: string): boolean {
  return /^[\x20-\x24\x26-\x7e]*$/.test(text);
}

/** Percent-decoding by bytes (RFC 3986 section 2.1); characters above 0x7f are raw bytes, as Node reads them. */
function percentDecode(text: string): Uint8Array {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let byte = text.charCodeAt(index);
    if (byte === 0x25) {
      const digits = text.slice(index + 1, index + 3);
      if (!/^[0-9a-f]{2}$/i.test(digits)) throw new Error('broken escape');
      byte = Number.parseInt(digits, 16);
      index += 2;
    }
    if (byte > 0xff) throw new Error('not a byte');
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}
