import type { Catalogue } from '../definitions/catalogue.ts';
import type { Credentials } from '../definitions/credentials.ts';

export interface SandboxCatalogue {
  readonly catalogue: Catalogue;
  /** Slugs of the providers that a sandbox plays: only these are reached through its door. */
  readonly played: ReadonlySet<string>;
}

/** The catalogue in which every provider that is not set up is a sandbox's. Real credentials always win. */
export function withSandbox(
  { definitions, credentials }: Catalogue,
  sandboxCredentials: ReadonlyMap<string, Credentials>,
): SandboxCatalogue {
  const played = [...sandboxCredentials.keys()].filter(
    (slug) => definitions.has(slug) && !credentials.has(slug),
  );
  const all = new Map(
    [...definitions.keys()].flatMap((slug) => {
      const found = credentials.get(slug) ?? sandboxCredentials.get(slug);
      return found === undefined ? [] : [[slug, found] as const];
    }),
  );
  return { catalogue: { definitions, credentials: all }, played: new Set(played) };
}
