import { Type } from 'typebox';
import { ProblemBody } from '../contract/problem.ts';
import type { DescribedAnswer } from '../platform/http/defineRoute.ts';

/** A page, for the API description. */
export function describePage(description: string): DescribedAnswer {
  return { description, content: { 'text/html': Type.String() } };
}

/** A page that refuses, or the problem in its place when the path itself cannot be matched. */
export function describeRefusal(description: string): DescribedAnswer {
  return {
    description,
    content: { 'text/html': Type.String(), 'application/problem+json': ProblemBody },
  };
}

/** What a step answers to the script of our start page. */
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
      back: Type.Optional(Type.String({ description: 'Where the client wanted the browser to return.' })),
    },
    { additionalProperties: false },
  ),
]);

export const stepAnswers: Readonly<Record<number, DescribedAnswer>> = {
  200: { description: 'How it goes on.', content: { 'application/json': StepBody } },
};
