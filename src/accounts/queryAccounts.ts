import { pageSizeMax } from '../contract/page.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { invalidRequest } from '../platform/http/errors.ts';
import type { Database } from '../platform/storage/database.ts';
import type { KnownProviders, StudyChoices } from '../catalogue/knownProviders.ts';
import type { ProviderCategory } from '../contract/provider.ts';
import type { AccountFilters, AccountQuery } from './accountFilters.ts';
import { sameFilters, type PageBookmarks } from './pageBookmarks.ts';
import { pageStatement, providerMark, type PageRow } from './paging/pageStatement.ts';

/**
 * One page of a project's accounts as the finished JSON text of the answer.
 *
 * Ascending by id, which never changes: an account that exists and matches throughout a traversal is on exactly
 * one of its pages, whatever is connected, deleted or refreshed meanwhile. Status is judged when a page is read.
 *
 * @throws {DomainError} `invalid-request` for a `nextPageID` that is not one of this project and these filters
 */
export async function queryAccounts(
  { database, bookmarks, knownProviders }: PageParts,
  projectID: string,
  query: AccountQuery,
): Promise<string> {
  const { filters, afterAccountID, limit } = await startOfPage(bookmarks, projectID, query);
  const statement = pageStatement(projectID, filters, afterAccountID, limit);
  const [row] = (await database.prepared(statement, statement.values)) as unknown as [PageRow];
  const [, found, lastID] = row;
  const accounts = `{"externalAccounts":[${await insertProviders(knownProviders, row)}]`;
  if (found <= limit || lastID === null) return `${accounts}}`;
  const nextPageID = await bookmarks.write(projectID, { filters, afterAccountID: lastID, limit });
  return `${accounts},"nextPageID":"${nextPageID}"}`;
}

interface PageParts {
  readonly database: Database;
  readonly bookmarks: PageBookmarks;
  readonly knownProviders: KnownProviders;
}

/**
 * Puts the providers into the documents of a page. For whom an account is listed does not matter to whether its
 * provider could be connected: the field is about participants who are not (specification, `provider.enabled`).
 */
async function insertProviders(known: KnownProviders, row: PageRow): Promise<string> {
  const [documents, , , changes, chosen, rules] = row;
  if (documents === null) return '';
  const parts = documents.split(providerMark);
  const marks = new Map<string, readonly number[]>();
  for (let at = 1; at < parts.length; at += 2) {
    const mark = parts[at] ?? '';
    if (!marks.has(mark)) marks.set(mark, mark.split(' ').map(Number));
  }
  const facts = await known.find(Number(changes), [...new Set([...marks.values()].flat())]);
  const choices: StudyChoices = {
    categories: chosen?.categories as readonly ProviderCategory[] | undefined,
    othersAllowed: chosen?.othersAllowed ?? true,
    rules: new Map(rules?.map(([providerID, allowed, message]) => [providerID, { allowed, message }])),
  };
  const requireFacts = (providerID: number) => {
    const found = facts.get(providerID);
    if (found === undefined) throw new Error('A page holds a provider that is not known');
    return found;
  };
  const texts = new Map<string, string>();
  for (const [mark, [providerID = 0, ...beside]] of marks) {
    const [connectedThrough = null] = beside.map((id) => requireFacts(id).name).sort();
    texts.set(mark, known.render(requireFacts(providerID), choices, connectedThrough));
  }
  for (let at = 1; at < parts.length; at += 2) parts[at] = texts.get(parts[at] ?? '') ?? '';
  return parts.join('');
}

async function startOfPage(bookmarks: PageBookmarks, projectID: string, query: AccountQuery) {
  if (query.nextPageID === undefined)
    return { filters: query.filters, afterAccountID: 0, limit: query.limit ?? pageSizeMax };
  const bookmark = await bookmarks.read(projectID, query.nextPageID);
  if (bookmark === undefined)
    throw new DomainError(
      invalidRequest,
      'The parameter "nextPageID" is not one that was given out for this project. Start again without it.',
    );
  if (hasFilters(query.filters) && !sameFilters(query.filters, bookmark.filters))
    throw new DomainError(
      invalidRequest,
      'The parameter "nextPageID" belongs to a query with other filters. Send the same ones again, or none.',
    );
  return { ...bookmark, limit: query.limit ?? bookmark.limit };
}

function hasFilters(filters: AccountFilters): boolean {
  return Object.keys(filters).length > 0;
}
