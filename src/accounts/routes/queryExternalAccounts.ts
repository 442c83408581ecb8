import { defineAdministrativeRoute } from '../../access/administrativeRoute.ts';
import { ExternalAccountPage } from '../../contract/page.ts';
import { accountQueryParameters, readAccountQuery } from '../accountFilters.ts';
import type { AccountParts } from '../accountParts.ts';
import { queryAccounts } from '../queryAccounts.ts';

/** Specification, "Query Connected External Accounts". */
export const route = defineAdministrativeRoute({
  operationID: 'queryExternalAccounts',
  method: 'GET',
  path: '/api/v1/administration/projects/:projectID/externalAccounts',
  summary: 'Query connected external accounts',
  description:
    'Pages of up to 100 accounts in ascending order of id. An account that exists and matches throughout a traversal is on exactly one page.',
  query: accountQueryParameters,
  answers: {
    200: { description: 'A page of accounts.', content: { 'application/json': ExternalAccountPage } },
  },
  answer: async ({ caller, query }, parts: AccountParts) => ({
    status: 200,
    body: await queryAccounts(parts, caller.projectID, readAccountQuery(query)),
  }),
});
