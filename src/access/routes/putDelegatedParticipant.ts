import { DelegatedParticipant, ProfileChange } from '../../contract/participant.ts';
import { requireJson } from '../../platform/http/jsonBody.ts';
import { changeProfile } from '../../projects/participantProfiles.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineDelegatedRoute } from '../delegatedRoute.ts';
import { describeOwnParticipant } from '../participants/describeParticipant.ts';
import { refuseToken } from '../tokens/requireToken.ts';

/** A participant's page says something of her. */
export const route = defineDelegatedRoute({
  operationID: 'putDelegatedParticipant',
  method: 'PUT',
  path: '/api/v1/delegated/participant',
  summary: 'Change demographics and custom fields of the participant',
  description: 'Fields that are not named stay, null takes one away.',
  scope: 'Participant:write',
  json: { schema: ProfileChange, bytesMax: 256 * 1024 },
  answers: {
    200: { description: 'The participant.', content: { 'application/json': DelegatedParticipant } },
  },
  answer: async (call, { database, clock }: AccessParts) => {
    const change = requireJson(call, ProfileChange);
    const { projectID, participantID, actor } = call.caller;
    const by = { projectID, participantID, actor, now: clock.now() };
    const profile = await database.transaction((transaction) => changeProfile(transaction, change, by));
    // Deleted in the seconds for which a token is remembered.
    if (profile === undefined) throw refuseToken('The participant is not there any more.');
    return { status: 200, body: describeOwnParticipant(projectID, profile) };
  },
});
