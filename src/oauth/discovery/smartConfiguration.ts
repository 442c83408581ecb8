import { isIP } from 'node:net';
import { isPublicAddress } from '../../platform/outbound/addressPolicy.ts';
import { isStorable } from '../calls/readName.ts';

/** A server's configuration (SMART App Launch 2.2, RFC 8414), under the standard's names; addresses absolute. */
export interface SmartConfiguration {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly issuer?: string;
  readonly jwks_uri?: string;
  readonly registration_endpoint?: string;
  /** Page on which the patient sees and ends the access of applications. */
  readonly management_endpoint?: string;
  readonly introspection_endpoint?: string;
  readonly revocation_endpoint?: string;
  /** RFC 9207 section 3. */
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly user_access_brand_bundle?: string;
  readonly user_access_brand_identifier?: string;
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[];
  readonly grant_types_supported?: readonly string[];
  /** Not exhaustive. */
  readonly scopes_supported?: readonly string[];
  readonly response_types_supported?: readonly string[];
  readonly code_challenge_methods_supported?: readonly string[];
  readonly capabilities?: readonly string[];
  readonly associated_endpoints?: readonly {
    readonly url: string;
    readonly capabilities: readonly string[];
  }[];
}

type ConfigurationReading =
  | {
      readonly configuration: SmartConfiguration;
      readonly missing: readonly string[];
      readonly ignored: readonly string[];
    }
  | { readonly mistakes: readonly string[] };

const required = ['authorization_endpoint', 'token_endpoint'] as const;
const addresses = [
  'issuer',
  'jwks_uri',
  'registration_endpoint',
  'management_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'user_access_brand_bundle',
] as const;
const lists = [
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'grant_types_supported',
  'scopes_supported',
  'response_types_supported',
  'code_challenge_methods_supported',
  'capabilities',
] as const;

/** What a patient's own application needs (sections "Patient Access for Standalone Apps" and "Capabilities"). */
const neededCapabilities = [
  'launch-standalone',
  'context-standalone-patient',
  'permission-patient',
  'permission-offline',
] as const;

const textLengthMax = 2_000;
const listLengthMax = 2_000;

/**
 * Reads a configuration that is a stranger's: members that are not what the standard says are left out and named,
 * and what is left out of the two that no connection can do without is a mistake. Relative addresses, which old
 * servers have, belong to the FHIR base.
 */
export function readSmartConfiguration(value: unknown, fhirBase: string): ConfigurationReading {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { mistakes: ['the answer is not a JSON object'] };
  const given = value as Record<string, unknown>;
  const mistakes: string[] = [];
  const ignored: string[] = [];
  const found: Record<string, unknown> = {};
  for (const name of [...required, ...addresses]) {
    if (!isGiven(given, name)) continue;
    const address = readAddress(given[name], fhirBase);
    // An issuer is compared letter by letter (RFC 8414 section 3.3).
    if ('address' in address) found[name] = name === 'issuer' ? given[name] : address.address;
    else (isRequired(name) ? mistakes : ignored).push(`${name} ${address.refusal}`);
  }
  for (const name of required) if (!isGiven(given, name)) mistakes.push(`${name} is missing`);
  for (const name of lists) {
    if (!isGiven(given, name)) continue;
    const list = readList(given[name]);
    if (list === undefined) ignored.push(`${name} is not a list of short texts`);
    else found[name] = list;
  }
  readFlag(given, found, ignored);
  readBrand(given, found, ignored);
  readAssociated(given, { fhirBase, found, ignored });
  if (mistakes.length > 0) return { mistakes };
  const configuration = found as unknown as SmartConfiguration;
  return { configuration, missing: findMissing(configuration), ignored };
}

function isGiven(given: Record<string, unknown>, name: string): boolean {
  return Object.hasOwn(given, name) && given[name] !== null && given[name] !== '';
}

function isRequired(name: string): boolean {
  return required.some((one) => one === name);
}

function readAddress(
  value: unknown,
  fhirBase: string,
): { readonly address: string } | { readonly refusal: string } {
  if (typeof value !== 'string' || value.length > textLengthMax || !isStorable(value))
    return { refusal: 'is not an address' };
  const url = URL.parse(value, `${fhirBase}/`);
  if (url === null) return { refusal: 'is not an address' };
  if (url.protocol !== 'https:') return { refusal: 'is not https' };
  if (url.username !== '' || url.password !== '') return { refusal: 'holds credentials' };
  if (url.hash !== '') return { refusal: 'has a fragment' };
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  if (isIP(host) === 0 ? !host.includes('.') : !isPublicAddress(host))
    return { refusal: 'names a host that is not on the public internet' };
  return { address: url.href };
}

function readList(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > listLengthMax) return undefined;
  const texts: readonly unknown[] = value;
  return texts.every((text) => typeof text === 'string' && text.length <= textLengthMax && isStorable(text))
    ? (texts as readonly string[])
    : undefined;
}

function readFlag(given: Record<string, unknown>, found: Record<string, unknown>, ignored: string[]): void {
  const name = 'authorization_response_iss_parameter_supported';
  if (!isGiven(given, name)) return;
  if (typeof given[name] === 'boolean') found[name] = given[name];
  else ignored.push(`${name} is not true or false`);
}

/** A business identifier, which need not be an address. */
function readBrand(given: Record<string, unknown>, found: Record<string, unknown>, ignored: string[]): void {
  const name = 'user_access_brand_identifier';
  if (!isGiven(given, name)) return;
  const value = given[name];
  if (typeof value === 'string' && value.length <= textLengthMax) found[name] = value;
  // The standard's examples give a FHIR Identifier; its value is what names the brand.
  else if (typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'string')
    found[name] = value.value.slice(0, textLengthMax);
  else ignored.push(`${name} is not an identifier`);
}

function readAssociated(
  given: Record<string, unknown>,
  into: { readonly fhirBase: string; readonly found: Record<string, unknown>; readonly ignored: string[] },
): void {
  const name = 'associated_endpoints';
  if (!isGiven(given, name)) return;
  const value: unknown = given[name];
  const entries: readonly unknown[] = Array.isArray(value) ? value.slice(0, listLengthMax) : [];
  const readable = entries.flatMap((entry) => {
    const { url, capabilities } = (entry ?? {}) as { url?: unknown; capabilities?: unknown };
    const address = readAddress(url, into.fhirBase);
    const list = readList(capabilities ?? []);
    return 'address' in address && list !== undefined ? [{ url: address.address, capabilities: list }] : [];
  });
  if (readable.length > 0) into.found[name] = readable;
  if (!Array.isArray(value) || readable.length < value.length)
    into.ignored.push(`${name} has entries that are not endpoints`);
}

function findMissing(configuration: SmartConfiguration): readonly string[] {
  const { capabilities, code_challenge_methods_supported: challenges = [] } = configuration;
  const missing: string[] = challenges.includes('S256') ? [] : ['S256'];
  if (capabilities === undefined) return [...missing, 'capabilities'];
  const has = (name: string) => capabilities.includes(name);
  missing.push(...neededCapabilities.filter((name) => !has(name)));
  if (!has('permission-v1') && !has('permission-v2')) missing.push('permission-v1 or permission-v2');
  if (!capabilities.some((name) => name.startsWith('client-')))
    missing.push('client-public or client-confidential');
  return missing;
}
