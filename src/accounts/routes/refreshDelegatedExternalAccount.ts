import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { IntegerID } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { notFound } from '../../platform/http/errors.ts';
import type { AccountParts } from '../accountParts.ts';
import { requestRefresh } from '../own/requestRefresh.ts';

const absent = () => {
  throw new DomainError(notFound, 'You have no such external account.');
};

/** A participant, or a page of hers by itself, asks for newer data. */
export const route = defineDelegatedRoute({
  operationID: 'refreshDelegatedExternalAccount',
  method: 'POST',
  path: '/api/v1/delegated/externalaccounts/refresh/:accountID',
  summary: "Ask for a fetch of one of the participant's external accounts",
  description:
    "A fetch is due at once and the account is `fetchingData`; asked again meanwhile, nothing changes. For an account that its successor has replaced, the successor is fetched. One that moved in and was never connected here becomes `unauthorized`, so that clients offer to connect it again. An unknown id and another person's are answered alike.",
  parameters: Type.Object({ accountID: IntegerID }),
  scope: 'ExternalAccounts:connect',
  answers: { 204: { description: 'Asked for; the list of accounts shows what became of it.' } },
  absent,
  answer: async ({ caller, parameters: { accountID } }, parts: AccountParts) => {
    const { projectID, participantID, actor } = caller;
    const now = parts.clock.now();
    const found = await requestRefresh(parts, { projectID, participantID, accountID, actor, now });
    return found ? { status: 204 } : absent();
  },
});
