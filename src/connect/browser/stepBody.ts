import { Type, type Static } from 'typebox';

/** What a step answers to the script of our start page, which reads it by this type: nothing here is for servers only. */
export const StepBody = Type.Union([
  Type.Object({ outcome: Type.Literal('opened') }, { additionalProperties: false }),
  Type.Object(
    { outcome: Type.Literal('go'), address: Type.String({ description: 'Where the browser goes next.' }) },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      outcome: Type.Literal('ended'),
      title: Type.String(),
      sentence: Type.String({ description: 'For the participant.' }),
      again: Type.Optional(
        Type.Object(
          { label: Type.String(), address: Type.String({ description: 'Where to POST to try again.' }) },
          { additionalProperties: false },
        ),
      ),
      back: Type.Optional(Type.String({ description: 'Where the client wanted the browser to return.' })),
    },
    { additionalProperties: false },
  ),
]);
export type StepBody = Static<typeof StepBody>;
