import { BadLines } from '../../platform/intake/badLines.ts';
import { readJson } from '../../platform/intake/readJson.ts';
import { defineDirectory, type NamedDirectoryFile } from '../reading/defineDirectory.ts';
import { collectGraph } from '../fhir/collectGraph.ts';
import { countLogos } from '../fhir/countLogos.ts';
import { textOf } from '../fhir/fhirValues.ts';
import { readBundle, readResource, type ResourceSink } from '../fhir/readBundle.ts';
import { ResourceGraph } from '../fhir/resourceGraph.ts';
import { EntryCollector } from '../reading/collectEntries.ts';
import { readDirectoryText } from '../reading/readDirectoryFile.ts';
import { refuseBadLines } from '../reading/refuseBadLines.ts';

/**
 * FHIR Organization and Endpoint resources, one a line, as bulk exports and the National Provider Directory give
 * them; a line may also be a Bundle, as vendors publish lists of endpoints. Files may refer to each other.
 */
export const directory = defineDirectory({
  title: 'FHIR Organization and Endpoint resources (NDJSON)',
  read: async (files, { examplesMax, onFileRead }) => {
    const sink: ResourceSink = { graph: new ResourceGraph(), collector: new EntryCollector(examplesMax) };
    for (const file of files.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      await readDirectoryText(file, (text) => readLines(file, text, sink), { unit: 'record' });
      onFileRead();
    }
    collectGraph(sink.graph, sink.collector);
    const logos = { embedded: 0, linked: 0 };
    countLogos(sink.graph, logos);
    return sink.collector.finish(logos);
  },
});

async function readLines(
  file: NamedDirectoryFile,
  text: AsyncIterable<string>,
  sink: ResourceSink,
): Promise<void> {
  const badLines = new BadLines();
  badLines.unit = 'record';
  for await (const batch of readJson(text))
    for (const { number, value, mistake } of batch)
      if (mistake !== undefined) badLines.add(number, null, mistake);
      else if (textOf(value.resourceType) === 'Bundle') readBundle(file, value, sink);
      else readResource({ file, number, resource: value }, sink);
  refuseBadLines(file.name, badLines);
}
