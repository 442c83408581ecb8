import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import type { ErrorRule, Verdict } from '../../definitions/shape/errors.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { writePath } from '../../definitions/writePath.ts';

/** Why data are not given, and how a vendor says so that has no words of its own for it. */
interface Reason {
  readonly verdict: Verdict;
  readonly status: number;
  /** For whoever reads the answer; nothing of the request stands in it. */
  readonly message: string;
  /** Statuses under which no rule is taken: they say something else at this vendor. */
  readonly otherThan?: readonly number[];
}

/** Everything for which data are refused. */
export const reasons = {
  scope: { verdict: 'scope-missing', status: 403, message: 'The participant has not released this.' },
  range: {
    verdict: 'failed',
    status: 400,
    message: 'The time range cannot be read or is too long.',
    otherThan: [401, 403, 404, 500],
  },
  page: {
    verdict: 'failed',
    status: 400,
    message: 'The page cannot be found.',
    otherThan: [401, 403, 404, 500],
  },
  item: { verdict: 'no-data', status: 404, message: 'There is no such item.' },
  credentials: {
    verdict: 'unauthorized',
    status: 401,
    message: 'The call lacks what identifies the application.',
  },
} as const satisfies Record<string, Reason>;

/**
 * A refusal that the definition's own rules read as this verdict: its status, and what has to stand in its body,
 * beside what is given. Without such a rule it is the plain status.
 */
export function refuseData(
  definition: NamedDefinition,
  reason: Reason,
  body: object = { message: reason.message },
): SandboxAnswer {
  const { verdict, status, otherThan = [] } = reason;
  const rule = definition.errors.find(
    (one) =>
      one.verdict === verdict &&
      (one.phases?.includes('data') ?? true) &&
      !otherThan.includes(statusOf(one) ?? status),
  );
  if (rule === undefined) return { status, json: body };
  return { status: statusOf(rule) ?? status, json: writeBody(rule, body) };
}

function statusOf({ status }: ErrorRule): number | undefined {
  return [status].flat()[0];
}

function writeBody({ body, bodyNot }: ErrorRule, given: object): unknown {
  if (body !== undefined) return writePath(given, body.path, body.in[0]);
  if (bodyNot === undefined) return given;
  // Any value but the good ones; of their kind, where that can be told.
  const isNumber = typeof bodyNot.in[0] === 'number';
  return writePath(given, bodyNot.path, isNumber ? 503 : 'refused');
}
