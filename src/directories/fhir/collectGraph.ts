import { printable } from '../../platform/http/parseQuery.ts';
import { cleanName, compareForm } from '../reading/cleanName.ts';
import { cleanNames, type EntryCollector } from '../reading/collectEntries.ts';
import { describeAddress } from '../reading/describeAddress.ts';
import { findFhirVersion } from '../reading/fhirVersion.ts';
import { chooseIdentities } from './chooseIdentities.ts';
import type { EndpointNode, GraphNode, OrganisationNode, ResourceGraph } from './resourceGraph.ts';

/** An endpoint of an organisation, with the portal through which it says so. */
interface Connection {
  readonly endpoint: EndpointNode;
  readonly portal: string;
}

/** Organisations above one another beyond this are nobody's structure. */
const depthMax = 20;

/**
 * Adds every organisation of a graph at every endpoint that it has.
 *
 * Its endpoints are those of its portals, those that it lists, and those that name it as the managing organisation
 * and that no organisation lists. A facility without any has those of the nearest organisation that it is part
 * of. An endpoint that belongs to nobody is entered under the name that it gives itself.
 */
export function collectGraph(graph: ResourceGraph, collector: EntryCollector): void {
  const owners = findOwners(graph);
  const identities = chooseIdentities(graph.organisations);
  for (const organisation of graph.organisations) {
    const place = () => describeNode(organisation, organisation.name);
    if (!organisation.active) collector.skip('inactive', place);
    else if (!/\p{L}/u.test(organisation.name)) collector.skip('no-name', place);
    else {
      const family = findFamily(graph, organisation);
      const connections = family.map((member) => owners.connections.get(member) ?? []);
      const missing = owners.missing.get(organisation) ?? 0;
      for (let count = 0; count < missing; count++) collector.skip('endpoint-missing', place);
      const usable = connections.find((found) => found.length > 0) ?? [];
      if (usable.length === 0 && missing === 0) collector.skip('no-endpoint', place);
      addConnections(
        { organisation, family, identity: identities.get(organisation) ?? '' },
        usable,
        collector,
      );
    }
  }
  for (const endpoint of owners.ownerless) addOwnerless(endpoint, collector);
}

/** Who has which endpoints, and which endpoints nobody has. */
function findOwners(graph: ResourceGraph) {
  const connections = new Map<OrganisationNode, Connection[]>();
  const missing = new Map<OrganisationNode, number>();
  const listed = new Set<EndpointNode>();
  for (const organisation of graph.organisations) {
    const found = new Map<EndpointNode, Connection>();
    for (const { reference, portal } of organisation.endpoints) {
      const endpoint = graph.findEndpoint(reference, organisation);
      if (endpoint === undefined) missing.set(organisation, (missing.get(organisation) ?? 0) + 1);
      else if (!found.has(endpoint)) found.set(endpoint, { endpoint, portal });
    }
    for (const endpoint of found.keys()) listed.add(endpoint);
    connections.set(organisation, [...found.values()]);
  }
  const ownerless: EndpointNode[] = [];
  for (const endpoint of graph.endpoints) {
    if (listed.has(endpoint)) continue;
    const reference = endpoint.managing?.reference ?? '';
    const owner = reference === '' ? undefined : graph.findOrganisation(reference, endpoint);
    if (owner === undefined) ownerless.push(endpoint);
    else connections.get(owner)?.push({ endpoint, portal: '' });
  }
  return { connections, missing, ownerless };
}

/** The organisation and those that it is part of, the nearest first; a circle ends where it closes. */
function findFamily(graph: ResourceGraph, organisation: OrganisationNode): OrganisationNode[] {
  const family = [organisation];
  for (let current = organisation; family.length < depthMax;) {
    const reference = current.partOf?.reference ?? '';
    const parent = reference === '' ? undefined : graph.findOrganisation(reference, current);
    if (parent === undefined || family.includes(parent)) break;
    family.push(parent);
    current = parent;
  }
  return family;
}

interface Member {
  readonly organisation: OrganisationNode;
  readonly family: readonly OrganisationNode[];
  readonly identity: string;
}

function addConnections(member: Member, connections: readonly Connection[], collector: EntryCollector): void {
  const { organisation, family, identity } = member;
  const [, parent] = family;
  const portals = telling(connections);
  for (const { endpoint, portal } of connections) {
    const { reading, fhirVersion } = endpoint;
    if ('refusal' in reading) {
      collector.skip(reading.refusal, () => describeNode(endpoint, organisation.name));
      continue;
    }
    const name = portals.has(endpoint) ? cleanName(`${organisation.name} (${portal})`) : organisation.name;
    collector.add({
      identity,
      directory: organisation.file.directory,
      name,
      category: family.map(({ category }) => category).find((category) => category !== null) ?? 'Provider',
      ...reading,
      fhirVersion: fhirVersion ?? findFhirVersion(reading.endpoint).version,
      aliases: cleanNames(
        name === organisation.name ? organisation.aliases : [organisation.name, ...organisation.aliases],
        name,
      ),
      keywords: cleanNames([
        portal,
        ...family.flatMap(({ portalNames }) => portalNames),
        ...family.slice(1).flatMap((ancestor) => [ancestor.name, ...ancestor.aliases]),
      ]),
      addresses: organisation.addresses,
      managingOrganization: (parent?.name ?? organisation.partOf?.display ?? '') || null,
      publisher: null,
    });
  }
}

/** Endpoints whose portal has to be named, because the organisation has several of one version. */
function telling(connections: readonly Connection[]): Set<EndpointNode> {
  const versions = Map.groupBy(
    connections.filter(({ endpoint }) => 'endpoint' in endpoint.reading),
    ({ endpoint }) => endpoint.fhirVersion,
  );
  const told = [...versions.values()].filter((alike) => new Set(alike.map(({ portal }) => portal)).size > 1);
  return new Set(told.flat().flatMap(({ endpoint, portal }) => (portal === '' ? [] : [endpoint])));
}

function addOwnerless(endpoint: EndpointNode, collector: EntryCollector): void {
  const name = endpoint.managing?.display || endpoint.name;
  const place = () => describeNode(endpoint, name);
  if ('refusal' in endpoint.reading) collector.skip(endpoint.reading.refusal, place);
  else if (!/\p{L}/u.test(name)) collector.skip('no-name', place);
  else
    collector.add({
      identity: compareForm(name),
      directory: endpoint.file.directory,
      name,
      category: 'Provider',
      ...endpoint.reading,
      fhirVersion: endpoint.fhirVersion ?? findFhirVersion(endpoint.reading.endpoint).version,
      aliases: [],
      keywords: [],
      addresses: [],
      managingOrganization: null,
      publisher: null,
    });
}

function describeNode(node: GraphNode, name: string): string {
  const what = node.kind === 'Endpoint' ? ` ${describeAddress(node.address)}` : '';
  return `${printable(node.file.name)}, resource ${node.number}:${what} (${printable(name) || 'no name'})`;
}
