import type { DirectoryEntry } from '../reading/defineDirectory.ts';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { recogniseVendor } from '../../definitions/recogniseVendor.ts';

/** By which definition an entry is connected. */
export interface Recognised {
  /** Null when this release has no definition for it: it is listed and cannot be found. */
  readonly definition: string | null;
  /** A definition that takes what nobody else does: knows nothing of the organisation's vendor. */
  readonly isFallback: boolean;
}

/** Says by which definition entries are connected, as this release knows them. */
export interface Recogniser {
  readonly recognise: (entry: DirectoryEntry) => Recognised;
  /** Every definition of this release. */
  readonly slugs: readonly string[];
}

/** {@link recogniseVendor} for many entries: asked once for each endpoint, publisher and category. */
export function createRecogniser(definitions: ReadonlyMap<string, NamedDefinition>): Recogniser {
  const answers = new Map<string, Recognised>();
  const recognise = (entry: DirectoryEntry): Recognised => {
    const { endpoint, category } = entry;
    const publisher = entry.publisher ?? nameOf(entry.directories[0]);
    const key = `${category}\n${publisher}\n${endpoint}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const slug = recogniseVendor(definitions.values(), { endpoint, category, publisher });
    const found = slug === undefined ? undefined : definitions.get(slug);
    const isFallback = found?.kind === 'vendor' && found.recognises.everythingElse === true;
    const answer = { definition: slug ?? null, isFallback };
    answers.set(key, answer);
    return answer;
  };
  return { recognise, slugs: [...definitions.keys()] };
}

/** A directory's name without the format in front. */
function nameOf(directory = ''): string {
  return directory.replace(/^[^:]*:/, '');
}
