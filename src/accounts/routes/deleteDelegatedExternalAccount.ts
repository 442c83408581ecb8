import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { IntegerID } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { notFound } from '../../platform/http/errors.ts';
import type { AccountParts } from '../accountParts.ts';
import { deleteAccount } from '../deleteAccount.ts';

const absent = () => {
  throw new DomainError(notFound, 'You have no such external account.');
};

/** A participant takes back what she has connected. */
export const route = defineDelegatedRoute({
  operationID: 'deleteDelegatedExternalAccount',
  method: 'DELETE',
  path: '/api/v1/delegated/externalaccounts/delete/:accountID',
  summary: "Delete one of the participant's external accounts",
  description: "An unknown id, another person's and one deleted before are answered alike.",
  parameters: Type.Object({ accountID: IntegerID }),
  scope: 'ExternalAccounts:connect',
  answers: { 204: { description: 'The connection is deleted.' } },
  absent,
  answer: async ({ caller, parameters: { accountID } }, { database, clock }: AccountParts) => {
    const { projectID, participantID, actor } = caller;
    const now = clock.now();
    const found = await deleteAccount(database, { projectID, participantID, accountID, actor, now });
    return found ? { status: 204 } : absent();
  },
});
