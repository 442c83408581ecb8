import type { Problem } from './defineProblem.ts';

/**
 * A request that cannot succeed, told to its sender.
 *
 * `detail` goes out as it is: never a token, a participant identifier, SQL, or a provider's text.
 */
export class DomainError extends Error {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'DomainError';
    this.problem = problem;
    this.headers = headers;
  }
}
