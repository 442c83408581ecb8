import { Type } from 'typebox';
import { ProblemBody } from '../../contract/problem.ts';
import type { Answer, DescribedAnswer } from '../../platform/http/defineRoute.ts';

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

/** What a page tells when we cannot serve it; it loads nothing, since that would fail as well. */
const failurePage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Please try again</title></head>
<body><main><h1>Please try again</h1><p>We cannot answer at the moment. Load this page again in a minute. If it does not help, go back to your study and start again.</p></main></body></html>
`;

/** How pages fail: for whoever sits before them, not for programs. */
export const pageFailures = {
  otherFailures: describeRefusal('We cannot answer at the moment, or too many requests came.'),
  renderFailure: (status: number): Answer | undefined =>
    status >= 500 || status === 429
      ? { status, contentType: 'text/html; charset=utf-8', body: failurePage }
      : undefined,
} as const;

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
