import { Type } from 'typebox';
import { Participant } from '../../contract/participant.ts';
import { parseGuid } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { notFound } from '../../platform/http/errors.ts';
import { findProfile } from '../../projects/participantProfiles.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineAdministrativeRoute } from '../administrativeRoute.ts';
import { describeParticipant } from '../participants/describeParticipant.ts';

const absent = () => {
  throw new DomainError(notFound, 'The project has no such participant.');
};

/** One participant of the study. */
export const route = defineAdministrativeRoute({
  operationID: 'getParticipant',
  method: 'GET',
  path: '/api/v1/administration/projects/:projectID/participants/:participantIdentifier',
  summary: 'Get a participant',
  description:
    "By the project's identifier, else by our GUID. One of another project is answered like one that does not exist.",
  parameters: Type.Object({
    participantIdentifier: Type.String({ maxLength: 200, pattern: '^[^\\u0000]*$' }),
  }),
  answers: { 200: { description: 'The participant.', content: { 'application/json': Participant } } },
  absent,
  answer: async ({ caller, parameters: { participantIdentifier } }, { database }: AccessParts) => {
    const profile = await findProfile(database, caller.projectID, {
      participantIdentifier,
      participantID: parseGuid(participantIdentifier),
    });
    return profile === undefined ? absent() : { status: 200, body: describeParticipant(profile) };
  },
});
