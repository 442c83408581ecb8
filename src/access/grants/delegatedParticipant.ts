import { Type } from 'typebox';
import { Guid, parseGuid } from '../../contract/scalars.ts';
import type { Answer, Services } from '../../platform/http/defineRoute.ts';
import { defineEvent } from '../../platform/log/logger.ts';
import { parseScopes } from '../tokens/participantScopes.ts';
import { findTokenOwner, issueParticipantToken } from '../tokens/participantTokens.ts';
import type { Grant, TokenForm } from './grant.ts';
import { answerToken, refuse } from './tokenAnswer.ts';

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
export const delegatedParticipant: Grant = {
  type: 'delegated_participant',
  fields: Type.Object({
    grant_type: Type.Literal('delegated_participant'),
    client_id: Type.Union(clientIDs.map((name) => Type.Literal(name))),
    client_secret: Type.Literal(publicSecret),
    token: Type.String({ description: "Access token of a service account of the participant's project." }),
    participant_id: Guid,
    scope: Type.Optional(
      Type.String({
        description:
          'List separated by spaces. ExternalAccounts:read, ExternalAccounts:write and Participant:read allow what they say; api, also when scope is absent, allows all of it; others are accepted and allow nothing.',
        examples: ['ExternalAccounts:read Participant:read'],
      }),
    ),
  }),
  answer: async (form, services, requestID) => {
    const wanted = readForm(form);
    if ('refusal' in wanted) return wanted.refusal;
    const { participantTokenLifetimeS } = services.settings;
    const issued = await issue(wanted, services);
    if (issued.outcome === 'issued')
      return answerToken(issued.token, participantTokenLifetimeS, wanted.scopes.join(' '));
    services.log(refused, { reason: issued.outcome, requestID });
    return refuse(
      'invalid_grant',
      issued.outcome === 'service-token'
        ? 'token is no access token of a service account, or is not valid any more.'
        : 'The project has no such participant.',
    );
  },
};

interface Wanted {
  readonly serviceToken: string;
  /** In lower case. */
  readonly participantID: string;
  readonly scopes: readonly string[];
}

/** What can be judged without the database. */
function readForm(form: TokenForm): Wanted | { readonly refusal: Answer } {
  const { client_id: clientID, client_secret: clientSecret, token, participant_id: participant } = form;
  if (
    clientID === undefined ||
    clientSecret === undefined ||
    token === undefined ||
    participant === undefined
  )
    return no('invalid_request', 'client_id, client_secret, token and participant_id are needed.');
  if (!(clientIDs as readonly string[]).includes(clientID) || clientSecret !== publicSecret)
    return no('invalid_client');
  const participantID = parseGuid(participant);
  if (participantID === undefined)
    return no(
      'invalid_request',
      "participant_id must be a GUID: ours, not the project's own identifier of the participant.",
    );
  const scopes = parseScopes(form.scope);
  if (scopes === undefined)
    return no('invalid_scope', 'scope must be a list of names separated by spaces, at most 4096 characters.');
  return { serviceToken: token, participantID, scopes };
}

function no(...words: Parameters<typeof refuse>): { readonly refusal: Answer } {
  return { refusal: refuse(...words) };
}

type Issued =
  | { readonly outcome: 'issued'; readonly token: string }
  | { readonly outcome: 'service-token' | 'participant' };

/** One transaction for the check, the token and its audit row: a crash leaves all or nothing. */
function issue(wanted: Wanted, services: Services): Promise<Issued> {
  const { database, clock, random, settings } = services;
  return database.transaction(async (transaction) => {
    const now = clock.now();
    const client = await findTokenOwner(transaction, wanted.serviceToken, now);
    if (client === undefined) return { outcome: 'service-token' };
    const token = await issueParticipantToken(transaction, {
      client,
      participantID: wanted.participantID,
      scopes: wanted.scopes,
      lifetimeS: settings.participantTokenLifetimeS,
      now,
      random,
    });
    return token === undefined ? { outcome: 'participant' } : { outcome: 'issued', token };
  });
}
