import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { providerCategories, ProviderCategorySchema } from '../contract/provider.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { printable } from '../platform/http/parseQuery.ts';
import { sql, type Queryable } from '../platform/storage/database.ts';
import { catalogueFileUnusable, noSuchProvider } from './errors.ts';
import { wholeCatalogue, type ProjectCatalogue } from './projectCatalogue.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';

/** A provider by its number, or by the name of its file when a definition makes it. */
const Reference = Type.Union([Type.Integer({ minimum: 1 }), Type.String({ minLength: 1, maxLength: 100 })]);

/** What a study uses, as a file says it (`docs/guides/catalogue.md`); everything that is left out is allowed. */
export const CatalogueFile = Type.Object(
  {
    categories: Type.Optional(Type.Array(ProviderCategorySchema)),
    others: Type.Optional(Type.Union([Type.Literal('allowed'), Type.Literal('refused')])),
    allowed: Type.Optional(Type.Array(Reference, { maxItems: 10_000 })),
    refused: Type.Optional(
      Type.Array(
        Type.Object(
          {
            provider: Reference,
            message: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
          },
          { additionalProperties: false },
        ),
        { maxItems: 10_000 },
      ),
    ),
    featured: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.Array(Reference, { maxItems: 100 })),
    ),
  },
  { additionalProperties: false },
);
type CatalogueFile = Static<typeof CatalogueFile>;

/**
 * What a study shall use, from the text of a file.
 *
 * @throws {DomainError} `catalogue-file-unusable` with the place of the first mistake, `no-such-provider`
 */
export async function readCatalogueFile(database: Queryable, text: string): Promise<ProjectCatalogue> {
  const file = parse(text);
  const allowed = file.allowed ?? [];
  const refused = file.refused ?? [];
  const featured = Object.entries(file.featured ?? {});
  const find = await resolveReferences(database, [
    ...allowed,
    ...refused.map(({ provider }) => provider),
    ...featured.flatMap(([, list]) => list),
  ]);
  const rules = [
    ...allowed.map((reference) => ({ providerID: find(reference), allowed: true as const })),
    ...refused.map(({ provider, message }) => ({
      providerID: find(provider),
      allowed: false as const,
      message: message ?? null,
    })),
  ].sort((left, right) => left.providerID - right.providerID);
  refuseRepeats(
    'allowed and refused',
    rules.map(({ providerID }) => providerID),
  );
  return {
    categories: providerCategories.filter(
      (category) => file.categories === undefined || file.categories.includes(category),
    ),
    othersAllowed: file.others === undefined ? wholeCatalogue.othersAllowed : file.others === 'allowed',
    providers: rules,
    featured: Object.fromEntries(
      featured.map(([context, list]) => {
        const providerIDs = list.map(find);
        refuseRepeats(`featured "${printable(context)}"`, providerIDs);
        return [context, providerIDs];
      }),
    ),
  };
}

/** The same as a file, with numbers for providers: what `readCatalogueFile` makes the same catalogue of. */
export function writeCatalogueFile(catalogue: ProjectCatalogue): CatalogueFile {
  return {
    categories: [...catalogue.categories],
    others: catalogue.othersAllowed ? 'allowed' : 'refused',
    allowed: catalogue.providers.filter(({ allowed }) => allowed).map(({ providerID }) => providerID),
    refused: catalogue.providers.flatMap((rule) =>
      rule.allowed ? [] : [omitUndefined({ provider: rule.providerID, message: rule.message ?? undefined })],
    ),
    featured: Object.fromEntries(
      Object.entries(catalogue.featured).map(([context, providerIDs]) => [context, [...providerIDs]]),
    ),
  };
}

/**
 * Numbers of providers that people name by number or by the name of a definition's file.
 *
 * @throws {DomainError} `no-such-provider`, naming the first that is none
 */
export async function resolveReferences(
  database: Queryable,
  references: readonly (number | string)[],
): Promise<(reference: number | string) => number> {
  const wanted = [...new Set(references.map(String))];
  const rows = await database.query<{ reference: string; provider_id: number }>(sql`
    select reference, provider_id
      from unnest(${wanted}::text[]) reference
      join providers on case when reference ~ '^[1-9][0-9]{0,9}$' then provider_id = reference::bigint
                             else source = 'built-in' and source_key = reference end`);
  const found = new Map(rows.map(({ reference, provider_id }) => [reference, provider_id]));
  const missing = wanted.find((reference) => !found.has(reference));
  if (missing !== undefined)
    throw new DomainError(noSuchProvider, `There is no provider "${printable(missing)}".`);
  return (reference) => found.get(String(reference)) ?? 0;
}

function parse(text: string): CatalogueFile {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new DomainError(catalogueFileUnusable, 'The file is not JSON.');
  }
  if (Value.Check(CatalogueFile, content)) return content;
  const [mistake] = Value.Errors(CatalogueFile, content);
  const place = mistake?.instancePath === '' ? 'the whole' : printable(mistake?.instancePath ?? '');
  throw new DomainError(
    catalogueFileUnusable,
    `At ${place}: ${printable(mistake?.message ?? 'not usable')}.`,
  );
}

function refuseRepeats(place: string, providerIDs: readonly number[]): void {
  const repeated = providerIDs.find((providerID, at) => providerIDs.indexOf(providerID) !== at);
  if (repeated !== undefined)
    throw new DomainError(catalogueFileUnusable, `In ${place}: provider ${repeated} is named twice.`);
}
