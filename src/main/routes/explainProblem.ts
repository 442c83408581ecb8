import { Type } from 'typebox';
import { DomainError } from '../../platform/errors/domainError.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { notFound } from '../../platform/http/errors.ts';
import { findProblems } from '../findProblems.ts';

/** The page behind the `type` of a problem (RFC 9457 section 3.1.1). */
export const route = defineRoute({
  operationID: 'explainProblem',
  method: 'GET',
  path: '/problems/:code',
  summary: 'Explain a kind of problem',
  caller: 'none',
  parameters: Type.Object({ code: Type.String() }),
  answers: { 200: { description: 'The explanation.', content: { 'text/plain': Type.String() } } },
  answer: async (call) => {
    const problem = (await findProblems()).find(({ code }) => code === call.parameters.code.toLowerCase());
    if (problem === undefined) throw new DomainError(notFound, 'There is no such kind of problem.');
    return {
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: `${problem.title} (${problem.code}, HTTP ${problem.status})\n\n${problem.help}\n`,
    };
  },
});
