import { defineEvent, type Logger } from '../platform/log/logger.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { fillIn } from '../definitions/callVariables.ts';
import type { AuthorizationServerFacts, ProviderConnection } from './connection.ts';
import { connectionValues } from './calls/connectionValues.ts';
import type { OAuth2Auth } from '../definitions/shape/auth.ts';
import { discoverServer, type DiscoveryTarget, type ServerDiscovery } from './discoverServer.ts';
import { findForeign, isSameServer, leaveOutForeign } from './discovery/judgeServer.ts';
import { chooseMethod } from './steps/chooseMethod.ts';
import { createTrouble, type ProviderTrouble } from './providerTrouble.ts';
import {
  confirmConfiguration,
  findConfiguration,
  proposeConfiguration,
  storeConfiguration,
  type StoredConfiguration,
} from './store/serverConfigurations.ts';

interface ServerFinderParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

type FoundServer = { readonly outcome: 'found'; readonly server: AuthorizationServerFacts } | ProviderTrouble;

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
export type FindServer = (connection: ProviderConnection) => Promise<FoundServer>;

/** After a renewal that failed, journeys use what is stored for so long before one of them asks again. */
const retryMs = 5 * 60_000;

/** A finder with what it remembers of its own lookups: another process may reach what this one does not. */
export function createServerFinder(parts: ServerFinderParts): FindServer {
  const underWay = new Map<string, Promise<FoundServer>>();
  const finding: Finding = { ...parts, failedAt: new Map() };

  function lookUpOnce(target: DiscoveryTarget): Promise<FoundServer> {
    const { fhirBase } = target;
    const running = underWay.get(fhirBase);
    if (running !== undefined) return running;
    const lookup = lookUp(finding, target).finally(() => underWay.delete(fhirBase));
    underWay.set(fhirBase, lookup);
    return lookup;
  }

  return async (connection) => {
    const { definition, door, fhirBase = '' } = connection;
    const { auth } = definition;
    const found: FoundServer =
      auth.kind === 'oauth2'
        ? { outcome: 'found', server: describe(connection, auth) }
        : await lookUpOnce({ definition, door, fhirBase });
    // Nobody is sent to log in where her code could not be exchanged afterwards.
    return found.outcome === 'found' && chooseMethod(connection, found.server) === undefined
      ? createTrouble('client-authentication', 'operator-alarm')
      : found;
  };
}

interface Finding extends ServerFinderParts {
  /** When renewals failed last, by FHIR base. */
  readonly failedAt: Map<string, number>;
}

function describe(connection: ProviderConnection, auth: OAuth2Auth): AuthorizationServerFacts {
  const values = connectionValues(connection);
  const { authorizeUrl, tokenUrl, issuer, introspectUrl } = auth;
  return omitUndefined({
    authorization_endpoint: fillIn(authorizeUrl, values),
    token_endpoint: fillIn(tokenUrl, values),
    issuer: issuer === undefined ? undefined : fillIn(issuer, values),
    introspection_endpoint: introspectUrl === undefined ? undefined : fillIn(introspectUrl, values),
  });
}

async function lookUp(finding: Finding, target: DiscoveryTarget): Promise<FoundServer> {
  const { database, clock, failedAt } = finding;
  const stored = await findConfiguration(database, target.fhirBase);
  if (stored !== undefined && clock.now() - stored.readAt < freshMs)
    return { outcome: 'found', server: stored.facts };
  const failed = failedAt.get(target.fhirBase);
  if (stored !== undefined && clock.now() - stored.readAt < staleMs && failed !== undefined)
    if (clock.now() - failed < retryMs) return { outcome: 'found', server: stored.facts };
  const etag = stored?.etag ?? undefined;
  const discovery = await discoverServer(target, etag === undefined ? undefined : { etag });
  if (stored === undefined) return begin(finding, target, discovery);
  return renew(finding, target, { stored, discovery });
}

/** A server that was never seen before. */
async function begin(
  { database, clock }: Finding,
  target: DiscoveryTarget,
  discovery: ServerDiscovery,
): Promise<FoundServer> {
  if (discovery.outcome !== 'found') return nameFailure(discovery.outcome);
  if (findForeign(discovery.facts, target).length > 0)
    return createTrouble('discovery-foreign', 'operator-alarm');
  const facts = leaveOutForeign(discovery.facts, target);
  await storeConfiguration(database, target.fhirBase, { ...discovery, facts, now: clock.now() });
  return { outcome: 'found', server: facts };
}

async function renew(
  { database, clock, log, failedAt }: Finding,
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
  if (discovery.outcome === 'found') failedAt.delete(fhirBase);
  else failedAt.set(fhirBase, now);
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

function nameFailure(outcome: 'unreachable' | 'not-published' | 'unusable' | 'unchanged'): ProviderTrouble {
  switch (outcome) {
    case 'unreachable':
      return createTrouble('discovery-unreachable', 'retry-later');
    case 'not-published':
      return createTrouble('discovery-not-published', 'failed');
    // Nothing was kept that could be unchanged.
    case 'unchanged':
    case 'unusable':
      return createTrouble('discovery-unusable', 'failed');
  }
}
