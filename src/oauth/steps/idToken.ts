import { decodeJwt } from 'jose';
import type { AuthorizationServerFacts } from '../connection.ts';

/** Clocks of servers may be this far behind ours. */
const clockToleranceS = 30;

interface IDTokenChecks {
  readonly server: AuthorizationServerFacts;
  readonly clientID: string;
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What an identity token says, where it can be believed; else undefined.
 *
 * Believed is a token from the known issuer, for us alone, with the nonce of this journey, that has not ended (OpenID
 * Connect Core section 3.1.3.7). That is as much as its use requires: its signature is not looked at, because it came
 * over TLS from the token endpoint (item 6 there), as did `patient`, which it stands in for.
 */
export function readClaims(
  idToken: unknown,
  { server, clientID, nonce, now }: IDTokenChecks,
): Readonly<Record<string, unknown>> | undefined {
  if (typeof idToken !== 'string' || server.issuer === undefined) return undefined;
  const claims = decode(idToken);
  if (claims === undefined) return undefined;
  const { iss, aud, azp, exp } = claims;
  const audiences = [aud].flat();
  const isOurs = audiences.includes(clientID) && (audiences.length === 1 || azp === clientID);
  const lives = typeof exp === 'number' && exp > now / 1_000 - clockToleranceS;
  return iss === server.issuer && isOurs && claims['nonce'] === nonce && lives ? claims : undefined;
}

function decode(idToken: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return decodeJwt(idToken);
  } catch {
    return undefined;
  }
}
