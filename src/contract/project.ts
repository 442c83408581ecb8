import { Type, type Static } from 'typebox';
import { Guid } from './scalars.ts';

/**
 * A study as a participant's page sees it. Pages read fields of `organization` and look into `platforms` without
 * asking whether these are there, so both always are; what is not kept about a study is left out.
 */
export const DelegatedProject = Type.Object(
  {
    id: Guid,
    name: Type.String(),
    organization: Type.Object({}, { additionalProperties: Type.String() }),
    platforms: Type.Array(Type.String()),
  },
  { additionalProperties: false, $id: 'DelegatedProject' },
);
export type DelegatedProject = Static<typeof DelegatedProject>;
