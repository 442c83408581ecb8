import type { Problem } from '../errors/defineProblem.ts';
import { DomainError } from '../errors/domainError.ts';
import type { ProblemBody } from '../../contract/problem.ts';
import type { Answer } from './defineRoute.ts';
import {
  headersTooLarge,
  internalError,
  invalidRequest,
  notFound,
  payloadTooLarge,
  unavailable,
  unsupportedMediaType,
} from './errors.ts';

/** The one place where a failure becomes an answer (RFC 9457, with the platform's extra `message`). */
export function renderProblem(problem: Problem, detail: string, publicUrl: string): Answer {
  const body: ProblemBody = {
    type: `${publicUrl}/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail,
    message: detail,
    code: problem.code,
  };
  return { status: problem.status, contentType: 'application/problem+json', body: JSON.stringify(body) };
}

/**
 * What the caller is told about a thrown value. Only a {@link DomainError} speaks for itself; failures of the
 * HTTP layer have fixed words, everything else is a 500 that says nothing.
 */
export function judgeFailure(thrown: unknown): { readonly problem: Problem; readonly detail: string } {
  if (thrown instanceof DomainError) return { problem: thrown.problem, detail: thrown.message };
  const { code, statusCode } = (thrown ?? {}) as { code?: string; statusCode?: number };
  if (code !== undefined && databaseIsAway.has(code))
    return { problem: unavailable, detail: 'The database cannot be reached at the moment.' };
  if (code?.startsWith('FST_') === true || code?.startsWith('HPE_') === true)
    switch (statusCode) {
      case 413:
        return { problem: payloadTooLarge, detail: 'The request body is larger than this operation reads.' };
      case 414:
      case 404:
        return { problem: notFound, detail: 'There is no such path.' };
      case 415:
        return { problem: unsupportedMediaType, detail: 'This operation does not read that Content-Type.' };
      case 431:
        return {
          problem: headersTooLarge,
          detail: 'The request line or headers are larger than is read here.',
        };
      case 503:
        return { problem: unavailable, detail: 'The service is stopping.' };
      default:
        if (statusCode === undefined || statusCode < 500)
          return { problem: invalidRequest, detail: 'The request is not valid HTTP for this operation.' };
    }
  return { problem: internalError, detail: 'Something failed inside the service. It has been logged.' };
}

/** SQLSTATE classes and socket errors that mean "not now" instead of "wrong" (PostgreSQL appendix A). */
const databaseIsAway = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08001',
  '53100',
  '25006',
]);
