import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { ExternalAccountSharing } from '../../contract/sharing.ts';
import { IntegerID } from '../../contract/scalars.ts';
import { groupScopes } from '../../definitions/dataGroups.ts';
import { compareSharing } from '../../definitions/sharing.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { notFound } from '../../platform/http/errors.ts';
import type { ConnectParts } from '../connectParts.ts';
import { findAuth } from '../journey/findDecidedSharing.ts';
import { findConsent } from '../store/findConsent.ts';

const absent = () => {
  throw new DomainError(notFound, 'You have no such external account.');
};

/** What a participant shares through an account, in words; for hospitals too, whose scopes the list does not show. */
export const route = defineDelegatedRoute({
  operationID: 'getDelegatedExternalAccountSharing',
  method: 'GET',
  path: '/api/v1/delegated/externalaccounts/:accountID/sharing',
  summary: 'What the participant shares through one of her external accounts, in words',
  description:
    'By the open period of the scope ledger. An unknown id and another person’s are answered alike. Not in the platform’s API.',
  parameters: Type.Object({ accountID: IntegerID }),
  scope: 'ExternalAccounts:read',
  answers: {
    200: { description: 'Labels under headings.', content: { 'application/json': ExternalAccountSharing } },
  },
  absent,
  answer: async ({ caller, parameters: { accountID } }, parts: ConnectParts) => {
    const { projectID, participantID } = caller;
    const consent = await findConsent(parts.database, { projectID, participantID, accountID });
    if (consent === undefined) return absent();
    const auth = await findAuth(parts, consent.providerID);
    const decided =
      auth === undefined || consent.granted === null
        ? undefined
        : compareSharing(auth, { asked: consent.asked, granted: consent.granted });
    return {
      status: 200,
      body: {
        shared: groupScopes(decided?.shared ?? []),
        leftOut: groupScopes(decided?.leftOut ?? []),
        unasked: groupScopes(decided?.unasked ?? []),
        unknown: decided?.unknown ?? 0,
      },
    };
  },
});
