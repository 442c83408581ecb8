/** Deeper than any answer of a vendor; code that walks an answer may recurse. */
const depthMax = 100;

const opening = new Set(['{'.charCodeAt(0), '['.charCodeAt(0)]);
const closing = new Set(['}'.charCodeAt(0), ']'.charCodeAt(0)]);
const quote = '"'.charCodeAt(0);
const backslash = '\\'.charCodeAt(0);

/**
 * The JSON value of a body, or undefined when it is none: not UTF-8, not JSON, or nested deeper than 100 levels.
 * A byte order mark is taken off. Members named `__proto__` are members like others.
 */
export function parseJsonBody(body: Uint8Array): unknown {
  if (isTooDeep(body)) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/** Looks at the brackets outside of strings only; whether they match is the parser's business. */
function isTooDeep(body: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (opening.has(byte) && ++depth > depthMax) return true;
    else if (closing.has(byte)) depth--;
  }
  return false;
}
