import { Type } from 'typebox';
import { ProblemBody } from '../../contract/problem.ts';
import type { Answer, DescribedAnswer } from '../../platform/http/defineRoute.ts';
import { StepBody } from './stepBody.ts';

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

/** What every step of our start page answers, for the API description. */
export const stepAnswers: Readonly<Record<number, DescribedAnswer>> = {
  200: { description: 'How it goes on.', content: { 'application/json': StepBody } },
};
