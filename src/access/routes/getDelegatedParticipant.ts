import { DelegatedParticipant } from '../../contract/participant.ts';
import { findParticipant } from '../../projects/findParticipant.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineDelegatedRoute } from '../delegatedRoute.ts';
import { refuseToken } from '../tokens/requireToken.ts';

/** Here and not with the participants: those lie below access, which a route needs. */
export const route = defineDelegatedRoute({
  operationID: 'getDelegatedParticipant',
  method: 'GET',
  path: '/api/v1/delegated/participant',
  summary: 'Who the participant is',
  description:
    'No secondary identifier, link identifier, enrollment date, demographics or custom fields are kept: the first three are left out, the others are empty.',
  scope: 'Participant:read',
  answers: {
    200: { description: 'The participant.', content: { 'application/json': DelegatedParticipant } },
  },
  answer: async ({ caller: { projectID, participantID } }, { database }: AccessParts) => {
    const participant = await findParticipant(database, projectID, participantID);
    // Deleted in the seconds for which a token is remembered.
    if (participant === undefined) throw refuseToken('The participant is not there any more.');
    const body: DelegatedParticipant = { ...participant, projectID, demographics: {}, customFields: {} };
    return { status: 200, body };
  },
});
