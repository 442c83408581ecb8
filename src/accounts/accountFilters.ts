import { Type } from 'typebox';
import { accountStatuses, type AccountStatus } from '../contract/externalAccount.ts';
import { pageSizeMax } from '../contract/page.ts';
import { providerCategories, type ProviderCategory } from '../contract/provider.ts';
import { Guid, integerIDMax, parseGuid, parseIntegerID } from '../contract/scalars.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { invalidRequest } from '../platform/http/errors.ts';
import { printable } from '../platform/http/parseQuery.ts';

/** Items of one list at the most; a longer one is refused, since a URL is no place for it. */
const listItemsMax = 1_000;

/** The query parameters of the specification, "Query Connected External Accounts". */
export const accountQueryParameters = Type.Object({
  participantID: Type.Optional({ ...Guid, description: "The participant's internal, stable, unique ID." }),
  participantIdentifier: Type.Optional(
    Type.String({
      minLength: 1,
      description: "The project's unique identifier of the participant; matched exactly.",
    }),
  ),
  providerIDs: Type.Optional(Type.String({ description: 'Comma-separated provider IDs.' })),
  providerCategories: Type.Optional(
    Type.String({ description: `Comma-separated, in any letter case: ${providerCategories.join(', ')}.` }),
  ),
  providerNames: Type.Optional(
    Type.String({ description: 'Comma-separated provider names; write a comma inside a name as `\\,`.' }),
  ),
  externalAccountStatuses: Type.Optional(
    Type.String({ description: `Comma-separated, in any letter case: ${accountStatuses.join(', ')}.` }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      default: pageSizeMax,
      description: `Page size; above ${pageSizeMax} means ${pageSizeMax}.`,
    }),
  ),
  nextPageID: Type.Optional({
    ...Guid,
    description: 'From the page before; filters may be sent again or left out.',
  }),
});

/** Which accounts a query is about: OR inside a list, AND across. Lists are sorted and free of repeats. */
export interface AccountFilters {
  readonly participantID?: string;
  readonly participantIdentifier?: string;
  readonly providerIDs?: readonly number[];
  readonly providerCategories?: readonly ProviderCategory[];
  readonly providerNames?: readonly string[];
  readonly statuses?: readonly AccountStatus[];
}

export interface AccountQuery {
  readonly filters: AccountFilters;
  /** Undefined when the caller left it out. */
  readonly limit: number | undefined;
  readonly nextPageID: string | undefined;
}

/**
 * Reads the parameters of the query (`docs/guides/clients.md`): vocabulary is checked, values are not, and an
 * empty filter is refused, because a filter lost on the way would widen what somebody then deletes.
 *
 * @throws {DomainError} `invalid-request`, naming the parameter and what is allowed
 */
export function parseAccountQuery(query: Readonly<Record<string, string>>): AccountQuery {
  const read = <Value>(name: string, parse: (text: string) => Value): Record<string, Value> =>
    query[name] === undefined ? {} : { [name]: parse(query[name]) };
  const filters: AccountFilters = {
    ...read('participantID', (text) => requireGuid('participantID', text)),
    ...read('participantIdentifier', (text) => requireText('participantIdentifier', text)),
    ...read('providerIDs', parseProviderIDs),
    ...read('providerCategories', (text) => parseVocabulary('providerCategories', text, providerCategories)),
    ...read('providerNames', (text) => distinct(parseList('providerNames', text, (item) => item))),
    ...(query.externalAccountStatuses === undefined
      ? {}
      : {
          statuses: parseVocabulary(
            'externalAccountStatuses',
            query.externalAccountStatuses,
            accountStatuses,
          ),
        }),
  };
  return {
    filters,
    limit: query.limit === undefined ? undefined : parseLimit(query.limit),
    nextPageID: query.nextPageID === undefined ? undefined : requireGuid('nextPageID', query.nextPageID),
  };
}

/**
 * The items of a comma-separated list: `\,` is a comma, `\\` a backslash, any other backslash itself. Space
 * around an item does not count, unless `clean` says otherwise: names are values and compared exactly.
 *
 * @throws {DomainError} `invalid-request` for an empty item or too many
 */
export function parseList(name: string, text: string, clean = (item: string) => item.trim()): string[] {
  const items: string[] = [];
  let item = '';
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    const next = text.charAt(index + 1);
    if (character === '\\' && (next === ',' || next === '\\')) {
      item += next;
      index++;
    } else if (character === ',') {
      items.push(clean(item));
      item = '';
    } else item += character;
  }
  items.push(clean(item));
  if (items.includes('')) throw refuse(name, 'has an empty item');
  if (items.length > listItemsMax) throw refuse(name, `has more than ${listItemsMax} items`);
  return items;
}

function parseProviderIDs(text: string): number[] {
  const ids = parseList('providerIDs', text).map((item) => {
    const id = parseIntegerID(item);
    if (id === undefined)
      throw refuse(
        'providerIDs',
        `has an item that is not a whole number from 1 to ${integerIDMax}: "${printable(item)}"`,
      );
    return id;
  });
  return [...new Set(ids)].sort((left, right) => left - right);
}

function parseVocabulary<Word extends string>(name: string, text: string, words: readonly Word[]): Word[] {
  const found = parseList(name, text).map((item) => {
    const word = words.find((candidate) => candidate.toLowerCase() === item.toLowerCase());
    if (word === undefined)
      throw refuse(name, `has an unknown value "${printable(item)}". Allowed are: ${words.join(', ')}`);
    return word;
  });
  return words.filter((word) => found.includes(word));
}

function parseLimit(text: string): number {
  // Digits only, of any length: a wish beyond the maximum is granted as far as it goes.
  if (!/^\d+$/.test(text) || /^0+$/.test(text)) throw refuse('limit', `is not a whole number of at least 1`);
  return Math.min(Number(text), pageSizeMax);
}

function requireGuid(name: string, text: string): string {
  const guid = parseGuid(text);
  if (guid === undefined) throw refuse(name, 'is not a GUID');
  return guid;
}

function requireText(name: string, text: string): string {
  if (text === '') throw refuse(name, 'is empty. Leave it out to search without it');
  return text;
}

function distinct(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}

function refuse(name: string, what: string): DomainError {
  return new DomainError(invalidRequest, `The parameter "${name}" ${what}.`);
}
