import { defineDirectory } from '../reading/defineDirectory.ts';
import { collectGraph } from '../fhir/collectGraph.ts';
import { countLogos } from '../fhir/countLogos.ts';
import { objectOf, textOf } from '../fhir/fhirValues.ts';
import { readBundle } from '../fhir/readBundle.ts';
import { ResourceGraph } from '../fhir/resourceGraph.ts';
import { EntryCollector } from '../reading/collectEntries.ts';
import { directoryProblem, readDirectoryFile } from '../reading/readDirectoryFile.ts';

/** User-access Brands of HL7 SMART App Launch 2.2: one Bundle a file, each complete in itself. */
export const directory = defineDirectory({
  title: 'SMART User-access Brands (a FHIR Bundle, JSON)',
  read: async (files, { examplesMax, onFileRead }) => {
    const collector = new EntryCollector(examplesMax);
    const logos = { embedded: 0, linked: 0 };
    for (const file of files.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      const bundle = objectOf(await readDirectoryFile(file));
      if (textOf(bundle.resourceType) !== 'Bundle')
        throw directoryProblem(file.name, 'expected a FHIR Bundle of organisations and endpoints');
      const graph = new ResourceGraph();
      readBundle(file, bundle, { graph, collector });
      collectGraph(graph, collector);
      countLogos(graph, logos);
      onFileRead();
    }
    return collector.finish(logos);
  },
});
