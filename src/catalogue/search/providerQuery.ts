import { Type } from 'typebox';
import { providerCategories, providerPageSizeMax } from '../../contract/provider.ts';
import { anyCase } from '../../platform/http/listOf.ts';

/** More pages than there are providers; the product with the page size is still a safe integer. */
const pageNumberMax = 999_999_999;

const searchText = Type.Optional(
  Type.String({
    // Nobody types more; words beyond the tenth are not looked at anyway.
    maxLength: 500,
    description:
      'Beginnings of words of a name, alias, keyword, city, state or postal code, in any letter case and with or without accents; all of them must be found.',
  }),
);

const pageSize = Type.Optional(
  Type.Integer({
    minimum: 1,
    default: providerPageSizeMax,
    description: `Above ${providerPageSizeMax} means ${providerPageSizeMax}.`,
  }),
);

const includeUnavailable = Type.Optional(
  anyCase(['true', 'false'], {
    description:
      'true: also the providers that she can neither connect nor has connected, each with its message. Left out by default, because pages of the platform take a provider that cannot be connected for a connected one.',
  }),
);

/** Query parameters of the participant's search (`docs/guides/clients.md`). */
export const providerQueryParameters = Type.Object({
  search: searchText,
  category: Type.Optional(
    anyCase(providerCategories, { description: `In any letter case: ${providerCategories.join(', ')}.` }),
  ),
  includeUnavailable,
  pageSize,
  pageNumber: Type.Optional(
    Type.Integer({ minimum: 0, maximum: pageNumberMax, default: 0, description: 'Zero-based.' }),
  ),
});

/** Query parameters of the public search. */
export const publicQueryParameters = Type.Object({
  keyword: searchText,
  pageSize,
  pageNumber: Type.Optional(
    Type.Integer({ minimum: 1, maximum: pageNumberMax, default: 1, description: 'One-based.' }),
  ),
});

const featuredProvidersContext = Type.Optional(
  Type.String({
    maxLength: 100,
    description: 'The place that asks; one without a list of its own gets the default one.',
  }),
);

/** Query parameters of the participant's list of featured providers. */
export const featuredQueryParameters = Type.Object({ featuredProvidersContext, includeUnavailable });

/** Query parameters of the public list of featured providers. */
export const publicFeaturedQueryParameters = Type.Object({ featuredProvidersContext });

/** What a search is for; undefined when nothing was typed but space. */
export function trimSearch(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}

/** Where a page begins and how much is on it, in a search whose first page has the number `firstPage`. */
export function placePage(
  {
    pageSize: size = providerPageSizeMax,
    pageNumber,
  }: { readonly pageSize?: number; readonly pageNumber?: number },
  firstPage: 0 | 1,
): { readonly offset: number; readonly limit: number } {
  const limit = Math.min(size, providerPageSizeMax);
  return { offset: ((pageNumber ?? firstPage) - firstPage) * limit, limit };
}
