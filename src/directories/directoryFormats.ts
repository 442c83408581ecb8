import { join } from 'node:path';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import type { DirectoryDefinition } from './reading/defineDirectory.ts';

const files = await loadFolder(join(import.meta.dirname, 'formats'), 'directory');

/** The forms of directories that can be imported, by name: one for each file of `directories/`. */
export const directoryFormats: ReadonlyMap<string, DirectoryDefinition> = new Map(
  files.map(({ name, value }) => [name, value as DirectoryDefinition]),
);
