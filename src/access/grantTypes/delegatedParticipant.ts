import { Type } from 'typebox';
import { Guid } from '../../contract/scalars.ts';
import { defineEvent } from '../../platform/log/logger.ts';
import type { AccessParts } from '../accessParts.ts';
import { everyScope, scopeList, scopeListLengthMax } from '../tokens/participantScopes.ts';
import { findTokenOwner, issueParticipantToken } from '../tokens/participantTokens.ts';
import { defineGrantType } from './defineGrantType.ts';
import { answerToken, refuseGrant } from './tokenAnswer.ts';

/** What the platform's quickstarts send: three names of one public client. */
const clientIDs = [
  'MyDataHelps.DelegatedParticipant',
  'RKStudio.DelegatedParticipant',
  'MyDataHelps-Web.DelegatedParticipant',
] as const;
/** Known to everybody, as the client's names are: it proves nothing. What counts is the service account's token. */
const publicSecret = 'secret';

const refused = defineEvent('participant-token-refused', 'info', 'reason', 'requestID');

/**
 * A token with which a participant's own page or device calls, for a service account of her project: an extension
 * grant (RFC 6749 section 4.5) of the platform.
 *
 * A participant of another project and one that does not exist are answered with the same bytes.
 */
export const delegatedParticipant = defineGrantType({
  name: 'delegated_participant',
  fields: Type.Object({
    grant_type: Type.Literal('delegated_participant'),
    client_id: Type.Union(clientIDs.map((name) => Type.Literal(name))),
    client_secret: Type.Literal(publicSecret),
    token: Type.String({ description: "Access token of a service account of the participant's project." }),
    participant_id: Guid,
    scope: Type.Optional(scopeList),
  }),
  refusals: {
    client_id: ['invalid_client'],
    client_secret: ['invalid_client'],
    participant_id: [
      'invalid_request',
      "participant_id must be a GUID: ours, not the project's own identifier of the participant.",
    ],
    scope: [
      'invalid_scope',
      `scope must be a list of names separated by spaces, at most ${scopeListLengthMax} characters.`,
    ],
  },
  answer: async (form, parts, requestID) => {
    const { token: serviceToken, participant_id: participantID, scope: scopes = [everyScope] } = form;
    const issued = await issue({ serviceToken, participantID, scopes }, parts);
    if (issued.outcome === 'issued')
      return answerToken(issued.token, parts.tokens.participantLifetimeS, scopes.join(' '));
    parts.log(refused, { reason: issued.outcome, requestID });
    return refuseGrant(
      'invalid_grant',
      issued.outcome === 'service-token'
        ? 'token is no access token of a service account, or is not valid any more.'
        : 'The project has no such participant.',
    );
  },
});

interface Wanted {
  readonly serviceToken: string;
  /** In lower case. */
  readonly participantID: string;
  readonly scopes: readonly string[];
}

type Issued =
  | { readonly outcome: 'issued'; readonly token: string }
  | { readonly outcome: 'service-token' | 'participant' };

/** One transaction for the check, the token and its audit row: a crash leaves all or nothing. */
function issue(wanted: Wanted, parts: AccessParts): Promise<Issued> {
  const { database, clock, random, tokens } = parts;
  return database.transaction(async (transaction) => {
    const now = clock.now();
    const client = await findTokenOwner(transaction, wanted.serviceToken, now);
    if (client === undefined) return { outcome: 'service-token' };
    const token = await issueParticipantToken(transaction, {
      client,
      participantID: wanted.participantID,
      scopes: wanted.scopes,
      lifetimeS: tokens.participantLifetimeS,
      now,
      random,
    });
    return token === undefined ? { outcome: 'participant' } : { outcome: 'issued', token };
  });
}
