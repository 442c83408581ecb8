import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { DelegatedExternalAccount } from '../../contract/externalAccount.ts';
import type { AccountParts } from '../accountParts.ts';
import { listOwnAccounts } from '../own/listOwnAccounts.ts';

/** What a participant has connected. */
export const route = defineDelegatedRoute({
  operationID: 'listDelegatedExternalAccounts',
  method: 'GET',
  path: '/api/v1/delegated/externalaccounts',
  summary: "List the participant's external accounts",
  description: 'All of them, in ascending order of id.',
  scope: 'ExternalAccounts:read',
  answers: {
    200: {
      description: 'Her accounts.',
      content: { 'application/json': Type.Array(DelegatedExternalAccount) },
    },
  },
  answer: async ({ caller }, parts: AccountParts) => ({
    status: 200,
    body: await listOwnAccounts(parts, caller),
  }),
});
