import { loadFolder } from '../platform/loading/loadFolder.ts';
import { systemClock, type Clock } from '../platform/time/clock.ts';
import type { NamedDefinition, ProviderDefinition } from './defineProvider.ts';
import { findConflicts } from './mistakes/findConflicts.ts';
import { findMistakes } from './mistakes/findMistakes.ts';

/**
 * Every declaration of a folder, by the name of its file, in the order of the names.
 *
 * @throws {Error} naming the file that exports no `provider`, or with every mistake of all files at once: nothing
 * is half loaded
 */
export async function loadDefinitions(
  folder: string,
  clock: Clock = systemClock,
): Promise<ReadonlyMap<string, NamedDefinition>> {
  const definitions = await readDefinitions(folder);
  const mistakes = listMistakes(definitions, clock);
  if (mistakes.length > 0)
    throw new Error(`Providers are declared wrongly:\n${mistakes.map((line) => `  ${line}`).join('\n')}`);
  return definitions;
}

/** The same without a look at what the declarations say, for whoever reports on them. */
export async function readDefinitions(folder: string): Promise<ReadonlyMap<string, NamedDefinition>> {
  const files = await loadFolder(folder, 'provider');
  return new Map(
    files.map(({ name, value }) => [name, Object.freeze({ ...(value as ProviderDefinition), slug: name })]),
  );
}

/** Every mistake of all declarations and between them; each begins with the name of its file. */
export function listMistakes(
  definitions: ReadonlyMap<string, NamedDefinition>,
  clock: Clock,
): readonly string[] {
  return [
    ...[...definitions].flatMap(([slug, definition]) =>
      findMistakes(definition, clock).map((mistake) => `${slug}: ${mistake}`),
    ),
    ...findConflicts(definitions),
  ];
}
