import { loadFolder } from '../platform/loading/loadFolder.ts';
import type { NamedDefinition, ProviderDefinition } from './defineProvider.ts';

/**
 * Every declaration of a folder, by the name of its file, in the order of the names.
 *
 * @throws {Error} naming the file that exports no `provider`
 */
export async function loadDefinitions(folder: string): Promise<ReadonlyMap<string, NamedDefinition>> {
  const files = await loadFolder(folder, 'provider');
  return new Map(
    files.map(({ name, value }) => [name, Object.freeze({ ...(value as ProviderDefinition), slug: name })]),
  );
}
