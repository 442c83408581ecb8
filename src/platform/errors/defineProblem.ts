/**
 * A kind of failure that a caller can act on (RFC 9457). Declared beside its capability; its page under
 * `docs/problems/` is generated from it.
 */
export interface Problem {
  /** Stable, kebab-case; the last segment of the problem's `type` URI. */
  readonly code: string;
  /** HTTP status, 400 or above. */
  readonly status: number;
  /** Short and the same for every occurrence. */
  readonly title: string;
  /** What the caller can do about it. */
  readonly help: string;
}

const codeForm = /^[a-z]+(-[a-z]+)*$/;

/** Declares a problem; a malformed code or a status that is not an error is a bug and throws at load time. */
export function defineProblem(problem: Problem): Problem {
  if (!codeForm.test(problem.code)) throw new Error(`Problem code "${problem.code}" is not kebab-case`);
  if (problem.status < 400 || problem.status > 599)
    throw new Error(`Problem ${problem.code} has no error status`);
  return Object.freeze(problem);
}
