import type { NamedDirectoryFile } from '../reading/defineDirectory.ts';
import { readEndpoint, type Endpoint } from './endpoint.ts';
import { objectsOf, textOf, type Unknowns } from './fhirValues.ts';
import { readOrganisation, type Organisation } from './organisation.ts';

/** Where a resource stands, and what it may refer to without naming a file. */
interface ResourcePlace {
  readonly file: NamedDirectoryFile;
  /** Ordinal in its file, from 1. */
  readonly number: number;
  /** Address of the server in front of `Organization/1`, where the resource's own address has one. */
  readonly base: string;
  /** Resources inside this one, by `#id`. */
  readonly contained: Map<string, GraphNode>;
}

/** An Organization and where it stands. */
export interface OrganisationNode extends Organisation, ResourcePlace {
  readonly kind: 'Organization';
}
/** An Endpoint and where it stands. */
export interface EndpointNode extends Endpoint, ResourcePlace {
  readonly kind: 'Endpoint';
}
/** A resource that others may refer to. */
export type GraphNode = OrganisationNode | EndpointNode;

/** An item of a Bundle: a resource, with the address under which others refer to it. */
export interface PlacedResource {
  readonly file: NamedDirectoryFile;
  /** Ordinal in its file, from 1. */
  readonly number: number;
  readonly resource: Unknowns;
  readonly fullUrl?: string;
}

/**
 * Organisations and endpoints of directories with the references between them.
 *
 * Of two resources with one id the first is the one that references mean. What a reference names is looked for in
 * its own file first, then in the others: national directories keep organisations and endpoints in files apart.
 */
export class ResourceGraph {
  readonly organisations: OrganisationNode[] = [];
  readonly endpoints: EndpointNode[] = [];
  readonly #anywhere = new Map<string, GraphNode>();
  readonly #byFile = new Map<NamedDirectoryFile, Map<string, GraphNode>>();

  /** Takes a resource in, or says false when it is of another kind. */
  add(placed: PlacedResource): boolean {
    const { file, number, resource, fullUrl = '' } = placed;
    const kind = textOf(resource.resourceType);
    if (kind !== 'Organization' && kind !== 'Endpoint') return false;
    const id = textOf(resource.id).slice(0, 200);
    const tail = `${kind}/${id}`;
    const base = fullUrl.endsWith(`/${tail}`) ? fullUrl.slice(0, -tail.length) : '';
    const place: ResourcePlace = { file, number, base, contained: new Map() };
    const node = this.#createNode(kind, resource, place);
    for (const inner of objectsOf(resource.contained)) this.#addContained(inner, place);
    for (const address of [fullUrl, ...(id === '' ? [] : [tail, `urn:uuid:${id}`])]) {
      if (address === '' || address.length > 1_000) continue;
      for (const known of [this.#knownIn(file), this.#anywhere])
        if (!known.has(address)) known.set(address, node);
    }
    return true;
  }

  /** What a reference inside `from` means, if it is here. */
  find(reference: string, from: GraphNode): GraphNode | undefined {
    if (reference.startsWith('#')) return from.contained.get(reference.slice(1));
    const plain = reference.replace(/\/_history\/[^/]*$/, '');
    const tail = /(?:^|\/)((?:Organization|Endpoint)\/[^/]+)$/.exec(plain)?.[1];
    const addresses = [from.base + plain, plain, ...(tail === undefined ? [] : [tail])];
    for (const known of [this.#knownIn(from.file), this.#anywhere])
      for (const address of addresses) {
        const found = known.get(address);
        if (found !== undefined) return found;
      }
    return undefined;
  }

  findOrganisation(reference: string, from: GraphNode): OrganisationNode | undefined {
    const found = this.find(reference, from);
    return found?.kind === 'Organization' ? found : undefined;
  }

  findEndpoint(reference: string, from: GraphNode): EndpointNode | undefined {
    const found = this.find(reference, from);
    return found?.kind === 'Endpoint' ? found : undefined;
  }

  #knownIn(file: NamedDirectoryFile): Map<string, GraphNode> {
    const known = this.#byFile.get(file) ?? new Map<string, GraphNode>();
    this.#byFile.set(file, known);
    return known;
  }

  #addContained(resource: Unknowns, outer: ResourcePlace): void {
    const id = textOf(resource.id).replace(/^#/, '');
    const kind = textOf(resource.resourceType);
    if (id === '' || outer.contained.has(id) || (kind !== 'Organization' && kind !== 'Endpoint')) return;
    // One contained resource may refer to another: they share what they can see.
    outer.contained.set(id, this.#createNode(kind, resource, outer));
  }

  #createNode(kind: GraphNode['kind'], resource: Unknowns, place: ResourcePlace): GraphNode {
    if (kind === 'Organization') {
      const node: OrganisationNode = { kind, ...readOrganisation(resource), ...place };
      this.organisations.push(node);
      return node;
    }
    const node: EndpointNode = { kind, ...readEndpoint(resource), ...place };
    this.endpoints.push(node);
    return node;
  }
}
