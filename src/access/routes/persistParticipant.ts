import { ParticipantChange, ParticipantResult } from '../../contract/participant.ts';
import { requireJson } from '../../platform/http/jsonBody.ts';
import { storeParticipant } from '../../projects/participantProfiles.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineAdministrativeRoute } from '../administrativeRoute.ts';
import { describeParticipant } from '../participants/describeParticipant.ts';

/** Adds a participant of the study, or changes what is named. */
export const route = defineAdministrativeRoute({
  operationID: 'persistParticipant',
  method: 'PUT',
  path: '/api/v1/administration/projects/:projectID/participants',
  summary: 'Add or update a participant',
  description:
    'Fields that are not named stay, null takes one away. Members that cannot be set (`id`, `insertedDate`) are not looked at.',
  json: { schema: ParticipantChange, bytesMax: 256 * 1024 },
  answers: {
    200: { description: 'What was done.', content: { 'application/json': ParticipantResult } },
  },
  answer: async (call, { database, clock, random }: AccessParts) => {
    const change = requireJson(call, ParticipantChange);
    const { projectID, actor } = call.caller;
    const { actionTaken, participant } = await database.transaction((transaction) =>
      storeParticipant(transaction, change, {
        projectID,
        actor,
        random,
        now: clock.now(),
        allowUpdate: true,
      }),
    );
    return { status: 200, body: { actionTaken, participant: describeParticipant(participant) } };
  },
});
