import { Type, type Static } from 'typebox';
import { Guid } from './scalars.ts';

const Texts = Type.Object({}, { additionalProperties: Type.String() });

/**
 * A participant as her own page sees her. Pages read fields of `demographics` and `customFields` without asking
 * whether these are there, so both always are; what is not kept about a person is left out of them.
 */
export const DelegatedParticipant = Type.Object(
  {
    participantID: Guid,
    participantIdentifier: Type.String({ description: "The project's own name for the participant." }),
    projectID: Guid,
    demographics: Texts,
    customFields: Texts,
  },
  { additionalProperties: false, $id: 'DelegatedParticipant' },
);
export type DelegatedParticipant = Static<typeof DelegatedParticipant>;
