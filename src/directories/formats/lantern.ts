import { defineDirectory, type Address, type DirectoryEntry } from '../reading/defineDirectory.ts';
import { readLantern, type ProviderCandidate } from '../lantern/readLantern.ts';
import { describePublisher } from '../lantern/nameOrganisation.ts';
import { findFhirVersion } from '../reading/fhirVersion.ts';
import { readDirectoryFile } from '../reading/readDirectoryFile.ts';
import { isStateCode } from '../reading/usStates.ts';

/**
 * `…_EndpointSources.json` of the Lantern project. A directory is all files of one publisher; give them together,
 * since those that are missing would be taken for no longer listed.
 */
export const directory = defineDirectory({
  title: 'endpoint lists of the ONC Lantern project (JSON)',
  nameDirectory: (fileName) => directoryOf(describePublisher(withoutPacking(fileName)).family),
  read: async (files, { examplesMax, onFileRead }) => {
    const parsed: { name: string; content: unknown }[] = [];
    for (const file of files) {
      parsed.push({ name: withoutPacking(file.name), content: await readDirectoryFile(file) });
      onFileRead();
    }
    const { candidates, ...reading } = readLantern(parsed, examplesMax);
    return { entries: candidates.map(entryOf), ...reading, logos: { embedded: 0, linked: 0 } };
  },
});

function entryOf(candidate: ProviderCandidate): DirectoryEntry {
  const { postalCode, families, ...entry } = candidate;
  return {
    ...entry,
    fhirVersion: findFhirVersion(entry.endpoint).version,
    aliases: [],
    keywords: [],
    addresses: readAddress(entry.name, postalCode),
    managingOrganization: null,
    publisher: families[0] ?? null,
    directories: families.map(directoryOf),
  };
}

/** athenahealth begins names with the state: `NC - Fern Hill Pediatrics`. */
function readAddress(name: string, postalCode: string | null): Address[] {
  const code = /^([A-Z]{2}) - /.exec(name)?.[1];
  const state = code !== undefined && isStateCode(code) ? code : null;
  return state === null && postalCode === null ? [] : [{ city: null, state, postalCode }];
}

function directoryOf(family: string): string {
  return `lantern:${family}`;
}

function withoutPacking(fileName: string): string {
  return fileName.replace(/\.gz$/i, '');
}
