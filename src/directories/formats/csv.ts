import { defineDirectory, type NamedDirectoryFile } from '../reading/defineDirectory.ts';
import { readCsvEntries } from '../csv/readCsvEntries.ts';
import { EntryCollector } from '../reading/collectEntries.ts';
import { readDirectoryText } from '../reading/readDirectoryFile.ts';

/** A list of one's own: the columns are those of docs/guides/directories.md. */
export const directory = defineDirectory({
  title: 'a list of your own (CSV with a header)',
  read: async (files, { examplesMax, onFileRead }) => {
    const collector = new EntryCollector(examplesMax);
    for (const file of files.toSorted(byName)) {
      await readDirectoryText(file, (text) => readCsvEntries(file, text, collector));
      onFileRead();
    }
    return collector.finish();
  },
});

function byName(left: NamedDirectoryFile, right: NamedDirectoryFile): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
