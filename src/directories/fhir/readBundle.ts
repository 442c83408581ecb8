import { printable } from '../../platform/http/parseQuery.ts';
import type { NamedDirectoryFile } from '../reading/defineDirectory.ts';
import type { EntryCollector } from '../reading/collectEntries.ts';
import { directoryProblem } from '../reading/readDirectoryFile.ts';
import { objectOf, textOf, type Unknowns } from './fhirValues.ts';
import type { PlacedResource, ResourceGraph } from './resourceGraph.ts';

/** Where resources go: what is known to the graph, the rest to the report. */
export interface ResourceSink {
  readonly graph: ResourceGraph;
  readonly collector: EntryCollector;
}

/**
 * Takes in every resource of a Bundle.
 *
 * @throws {DomainError} `directory-unreadable` when it has no list of entries or an entry is no object
 */
export function readBundle(file: NamedDirectoryFile, bundle: Unknowns, sink: ResourceSink): void {
  const entries = bundle.entry;
  if (!Array.isArray(entries)) throw directoryProblem(file.name, 'the Bundle has no list named "entry"');
  for (const [index, entry] of (entries as unknown[]).entries()) {
    if (typeof entry !== 'object' || entry === null)
      throw directoryProblem(file.name, `item ${index + 1} of "entry" is not an object`);
    const { fullUrl, resource } = entry as Unknowns;
    readResource({ file, number: index + 1, resource: objectOf(resource), fullUrl: textOf(fullUrl) }, sink);
  }
}

/** Takes in one resource; another kind than those that count is skipped. */
export function readResource(placed: PlacedResource, { graph, collector }: ResourceSink): void {
  if (graph.add(placed)) return;
  collector.skip('other-resource', () => {
    const kind = printable(textOf(placed.resource.resourceType)) || 'no resource';
    return `${printable(placed.file.name)}, resource ${placed.number}: ${kind}`;
  });
}
