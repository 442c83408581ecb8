import type { Accuse, Rule } from './rules.ts';

const formText = /^[A-Za-z0-9*\-._~!'()$,;:@/?+%&=]*$/;

/**
 * The parameters of a query or form by name, judged for everything that no request may do. Of a repeated
 * parameter the first value counts; one without a value is as good as absent.
 */
export function readParameters(
  text: string,
  known: ReadonlySet<string>,
  { accuse, unknown }: { readonly accuse: Accuse; readonly unknown: Rule },
): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of text === '' ? [] : text.split('&')) {
    const at = pair.indexOf('=');
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    const value = decode(at === -1 ? '' : pair.slice(at + 1));
    if (name === undefined || value === undefined || at === -1) {
      accuse('encoding');
      continue;
    }
    if (!known.has(name)) accuse(unknown);
    if (value === '') accuse('empty');
    if (parameters.has(name)) accuse('repeated');
    else if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

/** One form-encoded text (RFC 6749 Appendix B), or undefined where it is none. */
export function decode(text: string): string | undefined {
  if (!formText.test(text)) return undefined;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Bits of a random text at the most, judged by its alphabet; of one with hardly any different characters, none. */
export function countBits(text: string): number {
  const digits = text.replaceAll('-', '');
  const isHex = /^[0-9a-f]+$/i.test(digits);
  const distinct = new Set(text).size;
  // A random text of this length has fewer different characters once in a billion.
  if (distinct < (isHex ? 7 : 10)) return 0;
  return isHex ? digits.length * 4 : text.length * 6;
}
