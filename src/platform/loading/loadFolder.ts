import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One file of a growth-point folder; what the export is, the folder's conformance test makes sure of. */
export interface LoadedFile {
  readonly name: string;
  readonly value: unknown;
}

/**
 * Imports every module of a growth-point folder (a ◆ folder of the tree) and gives its one named export, in
 * order of file name. A folder that does not exist is empty.
 *
 * @throws {Error} naming the file that does not export `exportName`
 */
export async function loadFolder(folder: string, exportName: string): Promise<LoadedFile[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const modules = names.filter((name) => /\.(ts|js)$/.test(name) && !/\.(test|d)\.ts$/.test(name)).sort();
  return Promise.all(
    modules.map(async (name) => {
      const path = join(folder, name);
      const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
      if (module[exportName] === undefined) throw new Error(`${path} must export "${exportName}"`);
      return { name: basename(name, extname(name)), value: module[exportName] };
    }),
  );
}
