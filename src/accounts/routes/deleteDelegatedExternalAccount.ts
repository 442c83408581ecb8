import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { IntegerID, parseIntegerID } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { notFound } from '../../platform/http/errors.ts';
import { deleteAccount } from '../deleteAccount.ts';

/** A participant takes back what she has connected. */
export const route = defineDelegatedRoute({
  operationID: 'deleteDelegatedExternalAccount',
  method: 'DELETE',
  path: '/api/v1/delegated/externalaccounts/delete/:accountID',
  summary: "Delete one of the participant's external accounts",
  description: "An unknown id, another person's and one deleted before are answered alike.",
  parameters: Type.Object({ accountID: IntegerID }),
  scope: 'ExternalAccounts:write',
  answers: { 204: { description: 'The connection is deleted.' } },
  answer: async (call, services, { projectID, participantID, actor }) => {
    const accountID = parseIntegerID(call.parameters.accountID ?? '');
    const deletion = { projectID, participantID, actor, now: services.clock.now() };
    const deleted =
      accountID !== undefined && (await deleteAccount(services.database, { ...deletion, accountID }));
    if (!deleted) throw new DomainError(notFound, 'You have no such external account.');
    return { status: 204 };
  },
});
