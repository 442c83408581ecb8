import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { IntegerID } from '../../contract/scalars.ts';
import type { AccountParts } from '../accountParts.ts';
import { deleteAccount } from '../deleteAccount.ts';

/** A participant takes back what she has connected. */
export const route = defineDelegatedRoute({
  operationID: 'deleteDelegatedExternalAccount',
  method: 'DELETE',
  path: '/api/v1/delegated/externalaccounts/delete/:accountID',
  summary: "Delete one of the participant's external accounts",
  description:
    "Twice is as good as once, because two tabs may ask: an unknown id, another person's and one deleted before are answered like one that is deleted now.",
  parameters: Type.Object({ accountID: IntegerID }),
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
