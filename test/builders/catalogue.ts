import type { Catalogue } from '../../src/definitions/catalogue.ts';
import { openCatalogue } from '../../src/main/openCatalogue.ts';

/** This release's providers, of which the named ones have credentials; all of them when none is named. */
export async function catalogueWith(...slugs: readonly string[]): Promise<Catalogue> {
  const { definitions } = await openCatalogue({});
  const named = slugs.length === 0 ? [...definitions.keys()] : slugs;
  return {
    definitions,
    credentials: new Map(named.map((slug) => [slug, { clientID: `client-of-${slug}`, settings: {} }])),
  };
}
