import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { IntegerID } from '../../contract/scalars.ts';
import type { AccountParts } from '../accountParts.ts';
import { deleteAccount } from '../deleteAccount.ts';

/** The same as deleteDelegatedExternalAccount, as the iOS kit of the platform asks for it. */
export const route = defineDelegatedRoute({
  operationID: 'deleteProviderAccount',
  method: 'DELETE',
  path: '/api/cfhrprovideraccounts/account/:accountID',
  summary: "Delete one of the participant's external accounts, as the iOS kit does",
  description:
    'Answers the same when there is nothing to delete: the kit promises its callers that twice is as good as once.',
  parameters: Type.Object({ accountID: IntegerID }),
  query: Type.Object({
    deleteData: Type.Optional(
      Type.String({
        description: 'Accepted in any form: nothing but the history of its scopes outlives an account.',
      }),
    ),
  }),
  scope: 'ExternalAccounts:connect',
  answers: { 204: { description: 'The participant has no such account (any more).' } },
  absent: () => ({ status: 204 }),
  answer: async ({ caller, parameters: { accountID } }, { database, clock }: AccountParts) => {
    const { projectID, participantID, actor } = caller;
    const now = clock.now();
    await deleteAccount(database, { projectID, participantID, accountID, actor, now });
    return { status: 204 };
  },
});
