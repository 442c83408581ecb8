import { pageSizeMax } from '../contract/page.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { invalidRequest } from '../platform/http/errors.ts';
import type { Database } from '../platform/storage/database.ts';
import type { AccountFilters, AccountQuery } from './accountFilters.ts';
import { readPageID, sameFilters, writePageID } from './pageBookmark.ts';
import { pageStatement } from './store/pageStatement.ts';

/**
 * One page of a project's accounts as the finished JSON text of the answer.
 *
 * Ascending by id, which never changes: an account that exists and matches throughout a traversal is on exactly
 * one of its pages, whatever is connected, deleted or refreshed meanwhile. Status is judged when a page is read.
 *
 * @throws {DomainError} `invalid-request` for a `nextPageID` that is not one of this project and these filters
 */
export async function queryAccounts(
  database: Database,
  projectID: string,
  query: AccountQuery,
  publicUrl: string,
): Promise<string> {
  const { filters, afterAccountID, limit } = await startOfPage(database, projectID, query);
  const logoBase = `${publicUrl}/api/v1/delegated/externalaccountproviders/`;
  const statement = pageStatement(projectID, filters, afterAccountID, limit, logoBase);
  const [row] = (await database.prepared(statement, statement.values)) as [
    [string | null, number, number | null],
  ];
  const [documents, found, lastID] = row;
  const accounts = `{"externalAccounts":[${documents ?? ''}]`;
  if (found <= limit || lastID === null) return `${accounts}}`;
  const nextPageID = await writePageID(database, projectID, { filters, afterAccountID: lastID, limit });
  return `${accounts},"nextPageID":"${nextPageID}"}`;
}

async function startOfPage(database: Database, projectID: string, query: AccountQuery) {
  if (query.nextPageID === undefined)
    return { filters: query.filters, afterAccountID: 0, limit: query.limit ?? pageSizeMax };
  const bookmark = await readPageID(database, projectID, query.nextPageID);
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
