import type { AuthorizationServerFacts, ProviderConnection } from '../connection.ts';
import type { SmartAuth } from '../../definitions/shape/auth.ts';
import { readClaims } from './idToken.ts';
import { readRecordReference } from './patientReference.ts';

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

/**
 * Whether the person who logged in is not the patient (a parent, a caregiver), or undefined when the server does not
 * say so believably.
 */
export function readProxy(
  idToken: unknown,
  patient: string,
  checks: Parameters<typeof readClaims>[1],
): boolean | undefined {
  const fhirUser = readRecordReference(readClaims(idToken, checks)?.['fhirUser']);
  return fhirUser === undefined ? undefined : fhirUser.type !== 'Patient' || fhirUser.id !== patient;
}
