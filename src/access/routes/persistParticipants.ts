import { Type } from 'typebox';
import { ParticipantChanges, ParticipantResults, participantsMax } from '../../contract/participant.ts';
import { requireJson } from '../../platform/http/jsonBody.ts';
import { anyCase } from '../../platform/http/listOf.ts';
import { storeParticipant, type ParticipantAction } from '../../projects/participantProfiles.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineAdministrativeRoute } from '../administrativeRoute.ts';

/** Adds many participants of the study, or changes them: all or none. */
export const route = defineAdministrativeRoute({
  operationID: 'persistParticipants',
  method: 'POST',
  path: '/api/v1/administration/projects/:projectID/participants',
  summary: 'Add or update participants',
  description: `Up to ${participantsMax}, all or none. Those whom the project has stay as they are (\`none\`) unless allowUpdate is true. Nothing is sent to anybody.`,
  blankIsAbsent: true,
  query: Type.Object({
    allowUpdate: Type.Optional(
      anyCase(['true', 'false'], { description: 'Whether participants whom the project has are changed.' }),
    ),
  }),
  json: { schema: ParticipantChanges, bytesMax: 4 * 1024 * 1024 },
  answers: {
    200: {
      description: 'What was done, in the order sent.',
      content: { 'application/json': ParticipantResults },
    },
  },
  answer: async (call, { database, clock, random }: AccessParts) => {
    const { participants } = requireJson(call, ParticipantChanges);
    const { projectID, actor } = call.caller;
    const by = {
      projectID,
      actor,
      random,
      now: clock.now(),
      allowUpdate: call.query.allowUpdate === 'true',
    };
    const results = await database.transaction(async (transaction) => {
      const done: { actionTaken: ParticipantAction; result: { participantIdentifier: string } }[] = [];
      for (const change of participants) {
        const { actionTaken, participant } = await storeParticipant(transaction, change, by);
        done.push({ actionTaken, result: { participantIdentifier: participant.participantIdentifier } });
      }
      return done;
    }, 'bulk');
    const count = (action: ParticipantAction) =>
      results.filter(({ actionTaken }) => actionTaken === action).length;
    return {
      status: 200,
      body: { totalAdded: count('added'), totalUpdated: count('updated'), results },
    };
  },
});
