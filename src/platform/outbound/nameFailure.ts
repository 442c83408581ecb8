import { BodyMalformed, BodyTooLarge } from './readBody.ts';
import { RefusedAddress } from './guardedLookup.ts';

/** What kept a request from being answered, in a code that is safe to store and to show. */
export type Failure =
  | {
      readonly outcome: 'unreachable';
      readonly reason:
        | 'name-not-found'
        | 'connection-refused'
        | 'connection-lost'
        | 'certificate'
        | 'encryption'
        | 'not-http'
        | 'network';
    }
  | { readonly outcome: 'timed-out' }
  | { readonly outcome: 'too-large' }
  /** The answer contradicts itself: it cannot be decompressed. */
  | { readonly outcome: 'malformed' }
  | { readonly outcome: 'refused-address'; readonly reason: AddressRefusal };

/** Why an address is not called, or a redirect to it not followed. */
export type AddressRefusal =
  'not-an-address' | 'not-https' | 'has-credentials' | 'not-public' | 'too-many-redirects';

/** Names what went wrong by its code; undefined for what is a mistake of ours. */
export function nameFailure(error: unknown): Failure | undefined {
  if (error instanceof RefusedAddress) return { outcome: 'refused-address', reason: 'not-public' };
  if (error instanceof BodyTooLarge) return { outcome: 'too-large' };
  if (error instanceof BodyMalformed) return { outcome: 'malformed' };
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError') return { outcome: 'timed-out' };
  if (error.name === 'HTTPParserError') return { outcome: 'unreachable', reason: 'not-http' };
  // Several addresses were tried: all failed, and the first failure stands for them.
  if (error instanceof AggregateError) return nameFailure(error.errors[0]);
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return nameFailure(error.cause);
  return byCode(code);
}

function byCode(code: string): Failure | undefined {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
    case 'ENODATA':
      return { outcome: 'unreachable', reason: 'name-not-found' };
    case 'ECONNREFUSED':
      return { outcome: 'unreachable', reason: 'connection-refused' };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case 'UND_ERR_BODY_MISMATCH':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return { outcome: 'unreachable', reason: 'connection-lost' };
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return { outcome: 'timed-out' };
    case 'UND_ERR_HEADERS_OVERFLOW':
      return { outcome: 'too-large' };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EACCES':
      return { outcome: 'unreachable', reason: 'network' };
    default:
      return byFamily(code);
  }
}

/** OpenSSL has a code for each of its complaints. */
function byFamily(code: string): Failure | undefined {
  if (/CERT|HOSTNAME_MISMATCH|CRL|INVALID_CA|INVALID_PURPOSE/.test(code))
    return { outcome: 'unreachable', reason: 'certificate' };
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return { outcome: 'unreachable', reason: 'encryption' };
  return undefined;
}
