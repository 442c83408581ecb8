import { defineEvent, type Logger } from '../platform/log/logger.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { fillIn } from '../definitions/callVariables.ts';
import type { AuthorizationServerFacts, ProviderConnection } from './connection.ts';
import { connectionValues } from './calls/connectionValues.ts';
import type { OAuth2Auth } from '../definitions/shape/auth.ts';
import { discoverServer, type DiscoveryTarget, type ServerDiscovery } from './discoverServer.ts';
import { findForeign, isSameServer, leaveOutForeign } from './discovery/judgeServer.ts';
import { chooseMethod } from './steps/chooseMethod.ts';
import { trouble, type Trouble } from './calls/providerTrouble.ts';
import {
  confirmConfiguration,
  findConfiguration,
  proposeConfiguration,
  storeConfiguration,
  type StoredConfiguration,
} from './store/serverConfigurations.ts';

export interface DiscoveryParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

export type FoundServer = { readonly outcome: 'found'; readonly server: AuthorizationServerFacts } | Trouble;

const hourMs = 3_600_000;
const freshMs = 24 * hourMs;
/** As long as this a server may be away (RFC 5861 section 4: `stale-if-error`). */
const staleMs = 7 * 24 * hourMs;

const serverMoved = defineEvent(
  'server-configuration-changed',
  'warn',
  'endpoint',
  'authorizationHost',
  'tokenHost',
);

/**
 * Where a provider's authorization server is and what it says about itself: from the definition, or discovered.
 *
 * What was discovered is kept for a day, asked for again afterwards, and used for a week when the server does not
 * answer. Participants and codes never go to other hosts than before until an operator has accepted them
 * (`tributary providers discover`): the old configuration is used meanwhile. Journeys that begin at the same moment
 * share one lookup.
 */
export async function findServer(
  parts: DiscoveryParts,
  connection: ProviderConnection,
): Promise<FoundServer> {
  const { definition, door, fhirBase = '' } = connection;
  const { auth } = definition;
  const found: FoundServer =
    auth.kind === 'oauth2'
      ? { outcome: 'found', server: describe(connection, auth) }
      : await lookUpOnce(parts, { definition, door, fhirBase });
  // Nobody is sent to log in where her code could not be exchanged afterwards.
  return found.outcome === 'found' && chooseMethod(connection, found.server) === undefined
    ? trouble('client-authentication', 'operator-alarm')
    : found;
}

function describe(connection: ProviderConnection, auth: OAuth2Auth): AuthorizationServerFacts {
  const values = connectionValues(connection);
  const { authorizeUrl, tokenUrl, issuer, introspectUrl } = auth;
  return {
    authorization_endpoint: fillIn(authorizeUrl, values),
    token_endpoint: fillIn(tokenUrl, values),
    ...(issuer === undefined ? {} : { issuer: fillIn(issuer, values) }),
    ...(introspectUrl === undefined ? {} : { introspection_endpoint: fillIn(introspectUrl, values) }),
  };
}

/** After a renewal that failed, journeys use what is stored for so long before one of them asks again. */
const retryMs = 5 * 60_000;
/** When renewals failed last; of this process alone, since another one may reach what we do not. */
const failures = new WeakMap<Database, Map<string, number>>();

const underWay = new WeakMap<Database, Map<string, Promise<FoundServer>>>();

function lookUpOnce(parts: DiscoveryParts, target: DiscoveryTarget): Promise<FoundServer> {
  const lookups = underWay.get(parts.database) ?? new Map<string, Promise<FoundServer>>();
  underWay.set(parts.database, lookups);
  const { fhirBase } = target;
  const lookup = lookups.get(fhirBase) ?? lookUp(parts, target).finally(() => lookups.delete(fhirBase));
  lookups.set(fhirBase, lookup);
  return lookup;
}

async function lookUp(parts: DiscoveryParts, target: DiscoveryTarget): Promise<FoundServer> {
  const { database, clock } = parts;
  const stored = await findConfiguration(database, target.fhirBase);
  if (stored !== undefined && clock.now() - stored.readAt < freshMs)
    return { outcome: 'found', server: stored.facts };
  const failed = failures.get(database)?.get(target.fhirBase);
  if (stored !== undefined && clock.now() - stored.readAt < staleMs && failed !== undefined)
    if (clock.now() - failed < retryMs) return { outcome: 'found', server: stored.facts };
  const etag = stored?.etag ?? undefined;
  const discovery = await discoverServer(target, etag === undefined ? undefined : { etag });
  if (stored === undefined) return begin(parts, target, discovery);
  return renew(parts, target, { stored, discovery });
}

/** A server that was never seen before. */
async function begin(
  { database, clock }: DiscoveryParts,
  target: DiscoveryTarget,
  discovery: ServerDiscovery,
): Promise<FoundServer> {
  if (discovery.outcome !== 'found') return nameFailure(discovery.outcome);
  if (findForeign(discovery.facts, target).length > 0) return trouble('discovery-foreign', 'operator-alarm');
  const facts = leaveOutForeign(discovery.facts, target);
  await storeConfiguration(database, target.fhirBase, { ...discovery, facts, now: clock.now() });
  return { outcome: 'found', server: facts };
}

async function renew(
  { database, clock, log }: DiscoveryParts,
  target: DiscoveryTarget,
  { stored, discovery }: { readonly stored: StoredConfiguration; readonly discovery: ServerDiscovery },
): Promise<FoundServer> {
  const { fhirBase } = target;
  const now = clock.now();
  const old: FoundServer = { outcome: 'found', server: stored.facts };
  if (discovery.outcome === 'unchanged') {
    await confirmConfiguration(database, fhirBase, now);
    return old;
  }
  const failed = failures.get(database) ?? new Map<string, number>();
  failures.set(database, failed);
  if (discovery.outcome === 'found') failed.delete(fhirBase);
  else failed.set(fhirBase, now);
  if (discovery.outcome !== 'found')
    return now - stored.readAt < staleMs ? old : nameFailure(discovery.outcome);
  const facts = leaveOutForeign(discovery.facts, target);
  if (isSameServer(stored.facts, facts, target)) {
    await storeConfiguration(database, fhirBase, { ...discovery, facts, now });
    return { outcome: 'found', server: facts };
  }
  if (stored.proposed === null || !isSameServer(stored.proposed, facts, target))
    log(serverMoved, {
      endpoint: fhirBase,
      authorizationHost: new URL(facts.authorization_endpoint).host,
      tokenHost: new URL(facts.token_endpoint).host,
    });
  await proposeConfiguration(database, fhirBase, { facts, now });
  return old;
}

function nameFailure(outcome: 'unreachable' | 'not-published' | 'unusable' | 'unchanged'): Trouble {
  switch (outcome) {
    case 'unreachable':
      return trouble('discovery-unreachable', 'retry-later');
    case 'not-published':
      return trouble('discovery-not-published', 'failed');
    // Nothing was kept that could be unchanged.
    case 'unchanged':
    case 'unusable':
      return trouble('discovery-unusable', 'failed');
  }
}
