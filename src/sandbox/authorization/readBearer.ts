import type { ReceivedCall } from '../server/receiveCall.ts';

/** The token of the `Authorization` header (RFC 6750 section 2.1). */
export function readBearer({ headers }: ReceivedCall): string | undefined {
  return /^Bearer +([A-Za-z0-9\-._~+/=]+)$/i.exec(headers['authorization'] ?? '')?.[1];
}
