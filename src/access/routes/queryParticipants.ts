import { ParticipantPage } from '../../contract/participant.ts';
import { queryParticipants } from '../../projects/participantProfiles.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineAdministrativeRoute } from '../administrativeRoute.ts';
import { describeParticipant } from '../participants/describeParticipant.ts';
import { participantQueryParameters, readParticipantQuery } from '../participants/participantQuery.ts';

/** Here and not with the participants: those lie below access, which a route needs. */
export const route = defineAdministrativeRoute({
  operationID: 'queryParticipants',
  method: 'GET',
  path: '/api/v1/administration/projects/:projectID/participants',
  summary: 'Query participants',
  description: 'In the order in which they were added: somebody who comes meanwhile moves no page.',
  blankIsAbsent: true,
  query: participantQueryParameters,
  answers: {
    200: { description: 'A page of participants.', content: { 'application/json': ParticipantPage } },
  },
  answer: async ({ caller, query }, { database }: AccessParts) => {
    const { filters, pageNumber, offset, limit } = readParticipantQuery(query);
    const { total, found } = await queryParticipants(database, caller.projectID, { filters, offset, limit });
    const body: ParticipantPage = {
      pageNumber,
      totalParticipants: total,
      participants: found.map(describeParticipant),
    };
    return { status: 200, body };
  },
});
