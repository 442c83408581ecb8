import { decodeJwt } from 'jose';
import type { AuthorizationServerFacts, ProviderConnection } from '../connection.ts';
import type { SmartAuth } from '../../definitions/shape/auth.ts';

/** Clocks of servers may be this far behind ours. */
const clockToleranceS = 30;

/**
 * The name under which a scope is asked for: in the form of SMART 2.0 (`patient/Observation.rs`) when both the
 * definition and the server understand it, else as the definition writes it.
 */
export function nameScope(
  name: string,
  { scopeVersion }: SmartAuth,
  { capabilities = [] }: AuthorizationServerFacts,
): string {
  if (scopeVersion !== 'v2' || !capabilities.includes('permission-v2')) return name;
  return /^(patient|user)\/[A-Za-z*]+\.read$/.test(name) ? name.replace(/\.read$/, '.rs') : name;
}

/** The FHIR server that the token is for (`aud`), as the vendor wants it; undefined where it must not be named. */
export function nameAudience(
  { aud }: SmartAuth,
  { fhirBase, publishedBase = fhirBase }: Pick<ProviderConnection, 'fhirBase' | 'publishedBase'>,
): string | undefined {
  if (aud === 'omit') return undefined;
  return aud === 'base-without-slash' ? publishedBase?.replace(/\/+$/, '') : publishedBase;
}

interface IDTokenChecks {
  readonly server: AuthorizationServerFacts;
  readonly clientID: string;
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Whether the person who logged in is not the patient (a parent, a caregiver), or undefined when the server does not
 * say so believably.
 *
 * Believed is an ID token from the known issuer, for us alone, with the nonce of this journey, that has not ended
 * (OpenID Connect Core section 3.1.3.7). Its signature is not looked at: it came over TLS from the token endpoint
 * (item 6 there).
 */
export function readProxy(idToken: unknown, patient: string, checks: IDTokenChecks): boolean | undefined {
  const fhirUser = readClaims(idToken, checks)?.['fhirUser'];
  if (typeof fhirUser !== 'string') return undefined;
  const [, type, id] = /(?:^|\/)([A-Za-z]+)\/([^/?#]+)$/.exec(fhirUser) ?? [];
  if (type === undefined) return undefined;
  return type !== 'Patient' || id !== patient;
}

function readClaims(
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
