import { DelegatedParticipant } from '../../contract/participant.ts';
import { findProfile } from '../../projects/participantProfiles.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineDelegatedRoute } from '../delegatedRoute.ts';
import { describeOwnParticipant } from '../participants/describeParticipant.ts';
import { refuseToken } from '../tokens/requireToken.ts';

/** Here and not with the participants: those lie below access, which a route needs. */
export const route = defineDelegatedRoute({
  operationID: 'getDelegatedParticipant',
  method: 'GET',
  path: '/api/v1/delegated/participant',
  summary: 'Who the participant is',
  description: 'What is not known of her is left out; demographics and custom fields are always there.',
  scope: 'Participant:read',
  answers: {
    200: { description: 'The participant.', content: { 'application/json': DelegatedParticipant } },
  },
  answer: async ({ caller: { projectID, participantID } }, { database }: AccessParts) => {
    const profile = await findProfile(database, projectID, { participantID });
    // Deleted in the seconds for which a token is remembered.
    if (profile === undefined) throw refuseToken('The participant is not there any more.');
    return { status: 200, body: describeOwnParticipant(projectID, profile) };
  },
});
