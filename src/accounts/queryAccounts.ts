import { pageSizeMax } from '../contract/page.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { invalidRequest } from '../platform/http/errors.ts';
import type { Database } from '../platform/storage/database.ts';
import { describeProvider, type OfferContext, type OfferRow } from '../catalogue/offerFacts.ts';
import type { AccountFilters, AccountQuery } from './accountFilters.ts';
import { sameFilters, type PageBookmarks } from './pageBookmarks.ts';
import { pageStatement, providerMark } from './paging/pageStatement.ts';

/**
 * One page of a project's accounts as the finished JSON text of the answer.
 *
 * Ascending by id, which never changes: an account that exists and matches throughout a traversal is on exactly
 * one of its pages, whatever is connected, deleted or refreshed meanwhile. Status is judged when a page is read.
 *
 * @throws {DomainError} `invalid-request` for a `nextPageID` that is not one of this project and these filters
 */
export async function queryAccounts(
  context: OfferContext & { readonly database: Database; readonly bookmarks: PageBookmarks },
  projectID: string,
  query: AccountQuery,
): Promise<string> {
  const { database, bookmarks } = context;
  const { filters, afterAccountID, limit } = await startOfPage(bookmarks, projectID, query);
  const statement = pageStatement(projectID, filters, afterAccountID, limit);
  const [row] = (await database.prepared(statement, statement.values)) as [
    [string | null, number, number | null, OfferRow[] | null],
  ];
  const [documents, found, lastID, providers] = row;
  const accounts = `{"externalAccounts":[${insertProviders(context, documents ?? '', providers ?? [])}]`;
  if (found <= limit || lastID === null) return `${accounts}}`;
  const nextPageID = await bookmarks.write(projectID, { filters, afterAccountID: lastID, limit });
  return `${accounts},"nextPageID":"${nextPageID}"}`;
}

/**
 * Puts the providers into the documents of a page. For whom an account is listed does not matter to whether its
 * provider could be connected: the field is about participants who are not (specification, `provider.enabled`).
 */
function insertProviders(context: OfferContext, documents: string, rows: readonly OfferRow[]): string {
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const rendered = new Map<string, string>();
  const parts = documents.split(providerMark);
  for (let at = 1; at < parts.length; at += 2) {
    const mark = parts[at] ?? '';
    let text = rendered.get(mark);
    if (text === undefined) rendered.set(mark, (text = renderProvider(context, mark, rowOf)));
    parts[at] = text;
  }
  return parts.join('');
}

function renderProvider(context: OfferContext, mark: string, rowOf: ReadonlyMap<number, OfferRow>): string {
  const [, id, , related = null] = /^(\d+)( (.*))?$/s.exec(mark) ?? [];
  const row = rowOf.get(Number(id));
  if (row === undefined) throw new Error('A page holds a provider that its statement does not describe');
  const connectedThrough = related === null ? null : (JSON.parse(related) as string | null);
  return JSON.stringify(describeProvider(context, row, { ownAccount: null, connectedThrough }));
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
