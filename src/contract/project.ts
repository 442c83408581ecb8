import { Type, type Static } from 'typebox';
import { Guid } from './scalars.ts';

/** Types of a study as the platform words them; pages print them. */
export const projectTypes = ['Research Study', 'Wellness Program', 'Clinical Program'] as const;

/**
 * A study as a participant's page sees it. The mobile kit of the platform reads no study without code, type and the
 * organization's id, name, logo and color, so these are always there; what else is not known is left out.
 */
export const DelegatedProject = Type.Object(
  {
    id: Guid,
    name: Type.String(),
    description: Type.Optional(Type.String()),
    code: Type.String({ description: 'Empty where the study has none.' }),
    type: Type.String({ description: `Usually one of: ${projectTypes.join(', ')}.` }),
    organization: Type.Object(
      {
        id: Guid,
        name: Type.String(),
        description: Type.Optional(Type.String()),
        logoUrl: Type.String({ format: 'uri' }),
        color: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
      },
      { additionalProperties: false },
    ),
    supportEmail: Type.Optional(Type.String()),
    supportPhone: Type.Optional(Type.String()),
    learnMoreLink: Type.Optional(Type.String()),
    learnMoreTitle: Type.Optional(Type.String()),
    platforms: Type.Array(Type.String()),
  },
  { additionalProperties: false, $id: 'DelegatedProject' },
);
export type DelegatedProject = Static<typeof DelegatedProject>;
