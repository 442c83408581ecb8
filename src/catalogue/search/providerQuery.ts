import { Type } from 'typebox';
import { providerCategories, providerPageSizeMax, type ProviderCategory } from '../../contract/provider.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { invalidRequest } from '../../platform/http/errors.ts';
import { printable } from '../../platform/http/parseQuery.ts';

/** Nobody types more; words beyond the tenth are not looked at anyway. */
const textLengthMax = 500;
const contextLengthMax = 100;

/** Query parameters of the participant's search (`docs/guides/clients.md`). */
export const providerQueryParameters = Type.Object({
  search: Type.Optional(
    Type.String({
      maxLength: textLengthMax,
      description:
        'Beginnings of words of a name, alias, keyword, city, state or postal code, in any letter case and with or without accents; all of them must be found.',
    }),
  ),
  category: Type.Optional(
    Type.String({ description: `In any letter case: ${providerCategories.join(', ')}.` }),
  ),
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      default: providerPageSizeMax,
      description: `Above ${providerPageSizeMax} means ${providerPageSizeMax}.`,
    }),
  ),
  pageNumber: Type.Optional(Type.Integer({ minimum: 0, default: 0, description: 'Zero-based.' })),
});

/** Query parameters of the public search. */
export const publicQueryParameters = Type.Object({
  keyword: providerQueryParameters.properties.search,
  pageSize: providerQueryParameters.properties.pageSize,
  pageNumber: Type.Optional(Type.Integer({ minimum: 1, default: 1, description: 'One-based.' })),
});

/** The text that is searched for; undefined when there is none. @throws {DomainError} `invalid-request` */
export function parseSearchText(name: string, text: string | undefined): string | undefined {
  if (text !== undefined && text.length > textLengthMax)
    throw refuse(name, `is longer than ${textLengthMax} characters`);
  return text === undefined || text.trim() === '' ? undefined : text;
}

/** The category, written in whatever letter case. @throws {DomainError} `invalid-request` */
export function parseCategory(text: string | undefined): ProviderCategory | undefined {
  if (text === undefined || text === '') return undefined;
  const category = providerCategories.find((known) => known.toLowerCase() === text.trim().toLowerCase());
  if (category === undefined)
    throw refuse(
      'category',
      `has an unknown value "${printable(text)}". Allowed are: ${providerCategories.join(', ')}`,
    );
  return category;
}

/** Where a page begins and how much is on it. @throws {DomainError} `invalid-request` */
export function parsePage(
  query: Readonly<Record<string, string>>,
  firstPage: 0 | 1,
): { readonly offset: number; readonly limit: number } {
  const limit = Math.min(
    parseCount('pageSize', query.pageSize, 1) ?? providerPageSizeMax,
    providerPageSizeMax,
  );
  const page = parseCount('pageNumber', query.pageNumber, firstPage) ?? firstPage;
  return { offset: (page - firstPage) * limit, limit };
}

function parseCount(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined || text === '') return undefined;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(count >= least)) throw refuse(name, `is not a whole number from ${least} to 999999999`);
  return count;
}

function refuse(name: string, what: string): DomainError {
  return new DomainError(invalidRequest, `The parameter "${name}" ${what}.`);
}

/** Query parameters of the lists of featured providers. */
export const featuredQueryParameters = Type.Object({
  featuredProvidersContext: Type.Optional(
    Type.String({
      maxLength: contextLengthMax,
      description: 'The place that asks; one without a list of its own gets the default one.',
    }),
  ),
});

/** The place that asks; empty when it does not say. @throws {DomainError} `invalid-request` */
export function parseContext(query: Readonly<Record<string, string>>): string {
  const context = query.featuredProvidersContext ?? '';
  if (context.length > contextLengthMax)
    throw refuse('featuredProvidersContext', `is longer than ${contextLengthMax} characters`);
  return context;
}
