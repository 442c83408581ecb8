import type { AuthorizationServerFacts } from '../connection.ts';
import type { DiscoveryTarget } from '../discoverServer.ts';
import { isSameSite } from './isSameSite.ts';

/** Members through which codes, tokens or secrets go, and the name that vouches for them. */
const guarded = [
  'authorization_endpoint',
  'token_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'issuer',
] as const;

/** Where participants and codes are sent: that it moves is never taken for granted. */
const fixed = ['authorization_endpoint', 'token_endpoint'] as const;

/** Members that nothing secret goes to: without them a connection works all the same. */
const harmless = ['management_endpoint', 'jwks_uri'] as const;

/**
 * Members of a configuration that name hosts which nothing connects with the FHIR server: they are neither on its
 * registrable domain (by the public suffix list, private part included) nor the vendor's by its definition. A server that
 * was taken over could name any host there, and participants would hand it their codes.
 */
export function findForeign(facts: AuthorizationServerFacts, target: DiscoveryTarget): readonly string[] {
  return guarded.filter((name) => facts[name] !== undefined && !isTrusted(facts[name], target));
}

/** The configuration without foreign members that a connection can do without. */
export function leaveOutForeign(
  facts: AuthorizationServerFacts,
  target: DiscoveryTarget,
): AuthorizationServerFacts {
  const left = harmless.filter((name) => facts[name] !== undefined && !isTrusted(facts[name], target));
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) => !left.some((one) => one === name)),
  ) as unknown as AuthorizationServerFacts;
}

/**
 * Whether a server may go from one configuration to another by itself: participants and codes go to the same hosts as
 * before, and every other host is one of before or trusted anyway.
 */
export function isSameServer(
  before: AuthorizationServerFacts,
  after: AuthorizationServerFacts,
  target: DiscoveryTarget,
): boolean {
  if (fixed.some((name) => hostOf(before[name]) !== hostOf(after[name]))) return false;
  const known = new Set(guarded.map((name) => hostOf(before[name])));
  return findForeign(after, target).every((name) =>
    known.has(hostOf(after[name as (typeof guarded)[number]])),
  );
}

function hostOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : URL.parse(address)?.host;
}

function isTrusted(address: string, { definition, fhirBase }: DiscoveryTarget): boolean {
  const host = URL.parse(address)?.hostname;
  if (host === undefined) return false;
  const { auth } = definition;
  const patterns = [
    ...((definition.kind === 'vendor' ? definition.recognises.hosts : undefined) ?? []),
    ...((auth.kind === 'smart' ? auth.authorizationHosts : undefined) ?? []),
  ];
  return (
    isSameSite(host, new URL(fhirBase).hostname) ||
    patterns.some((pattern) =>
      pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern,
    )
  );
}
