import { record } from '../audit/record.ts';
import type { Queryable, Transaction } from '../platform/storage/database.ts';
import type { Catalogue } from '../definitions/catalogue.ts';
import type { ConnectableDefinition } from '../definitions/connectable.ts';
import type { AuthorizationServerFacts } from './connection.ts';
import { discoverServer, type DiscoveryTarget, type ServerDiscovery } from './discoverServer.ts';
import { findForeign, isSameServer, leaveOutForeign } from './discovery/judgeServer.ts';
import type { FindDoor } from './providerDoor.ts';
import { findEndpoint } from './store/findEndpoint.ts';
import {
  findConfiguration,
  storeConfiguration,
  type StoredConfiguration,
} from './store/serverConfigurations.ts';

/** What an operator has to know to judge a server's configuration. */
export interface ServerReview {
  /** `new`: nothing is kept yet. `same`: used by itself. `moved`, `foreign`: used only once it is accepted. */
  readonly outcome:
    'new' | 'same' | 'moved' | 'foreign' | Exclude<ServerDiscovery['outcome'], 'found' | 'unchanged'>;
  /** What the server says now. */
  readonly said?: AuthorizationServerFacts;
  readonly etag?: string;
  /** Members of it on hosts that nothing connects with the FHIR server. */
  readonly foreign: readonly string[];
  /** What journeys use at present. */
  readonly used?: StoredConfiguration;
}

/** The FHIR server of a provider whose authorization server is discovered; undefined for all other providers. */
export async function findDiscoveryTarget(
  database: Queryable,
  { definitions, findDoor }: { readonly definitions: Catalogue['definitions']; readonly findDoor: FindDoor },
  providerID: number,
): Promise<DiscoveryTarget | undefined> {
  const endpoint = await findEndpoint(database, providerID);
  const definition = definitions.get(endpoint?.slug ?? '');
  if (endpoint?.fhirBase === undefined || definition?.auth.kind !== 'smart') return undefined;
  return {
    definition: definition as ConnectableDefinition,
    door: findDoor(definition.slug),
    fhirBase: endpoint.fhirBase,
  };
}

/** Asks a server anew and compares; nothing is stored. */
export async function reviewServer(database: Queryable, target: DiscoveryTarget): Promise<ServerReview> {
  const used = await findConfiguration(database, target.fhirBase);
  const kept = used === undefined ? {} : { used };
  const discovery = await discoverServer(target);
  if (discovery.outcome !== 'found')
    return {
      outcome: discovery.outcome === 'unchanged' ? 'unusable' : discovery.outcome,
      foreign: [],
      ...kept,
    };
  const said = leaveOutForeign(discovery.facts, target);
  const foreign = findForeign(said, target);
  const outcome =
    used === undefined
      ? foreign.length > 0
        ? 'foreign'
        : 'new'
      : isSameServer(used.facts, said, target)
        ? 'same'
        : 'moved';
  return { ...discovery, outcome, said, foreign, ...kept };
}

/** Makes a configuration the one that journeys use from now on, whatever hosts it names: an operator has looked. */
export async function acceptServer(
  transaction: Transaction,
  target: DiscoveryTarget,
  accepted: {
    readonly facts: AuthorizationServerFacts;
    readonly etag?: string;
    readonly actor: string;
    readonly now: number;
  },
): Promise<void> {
  const { facts, actor, now } = accepted;
  await storeConfiguration(transaction, target.fhirBase, accepted);
  await record(transaction, {
    actor,
    action: 'server-configuration.accepted',
    details: {
      endpoint: target.fhirBase,
      authorizationEndpoint: facts.authorization_endpoint,
      tokenEndpoint: facts.token_endpoint,
    },
    occurredAt: now,
  });
}
