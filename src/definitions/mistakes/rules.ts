import type { NamedDefinition } from '../defineProvider.ts';
import type { ErrorRule, Verdict } from '../shape/errors.ts';
import { judgeError, phases } from '../judgeError.ts';
import { isCount } from './facts.ts';

const verdicts = {
  unauthorized: true,
  'token-refused': true,
  'consent-missing': true,
  'scope-missing': true,
  'subscription-lapsed': true,
  'no-data': true,
  'rate-limited': true,
  'retry-later': true,
  retired: true,
  'operator-alarm': true,
  failed: true,
} satisfies Record<Verdict, true>;

/** Rules for failures that reach no verdict, are never asked, or blame a participant for our credentials. */
export function findRuleMistakes(definition: NamedDefinition): readonly string[] {
  const { errors } = definition;
  const blames = phases.filter((phase) =>
    [400, 401, 403].some(
      (status) =>
        judgeError(definition, phase, { status, body: { error: 'invalid_client' }, timesInARow: 1_000 }) ===
        'unauthorized',
    ),
  );
  return [
    ...errors.flatMap((rule, index) => findMistakesOfRule(rule, `errors.${index}`)),
    ...errors.flatMap((rule, index) =>
      endsByStatus(definition, rule)
        ? [`errors.${index}: a status alone does not end a grant that can be renewed`]
        : [],
    ),
    ...errors.flatMap((rule, index) =>
      errors.slice(0, index).some((earlier) => conditionsOf(earlier) === conditionsOf(rule))
        ? [`errors.${index}: an earlier rule has the same conditions, so it is never reached`]
        : [],
    ),
    ...blames.map((phase) => `errors: invalid_client must never be called unauthorized (${phase})`),
  ];
}

/** Whether a refused access token would be taken for the end of a consent that the token endpoint was not asked about. */
function endsByStatus({ auth }: NamedDefinition, rule: ErrorRule): boolean {
  const isOfToken = rule.phases?.every((phase) => phase === 'token' || phase === 'refresh') ?? false;
  const looksInside = rule.body !== undefined || rule.bodyNot !== undefined;
  const isRenewable = auth.kind !== 'none' && auth.refresh.policy !== 'none';
  return rule.verdict === 'unauthorized' && !looksInside && !isOfToken && isRenewable;
}

function findMistakesOfRule(rule: ErrorRule, path: string): readonly string[] {
  const { status, body, bodyNot, times, verdict } = rule;
  const mistakes: string[] = [];
  if (!Object.hasOwn(verdicts, verdict)) mistakes.push(`${path}.verdict: "${verdict}" is not a verdict`);
  if (status === undefined && body === undefined && bodyNot === undefined)
    mistakes.push(`${path}: has no condition, and would fit every failure`);
  for (const one of status === undefined ? [] : [status].flat())
    if (!Number.isInteger(one) || one < 100 || one > 599)
      mistakes.push(`${path}.status: ${one} is not a status`);
  for (const phase of rule.phases ?? [])
    if (!phases.includes(phase)) mistakes.push(`${path}.phases: "${phase}" is not a phase`);
  if (body?.path === '' || bodyNot?.path === '')
    mistakes.push(`${path}: the path of a field must not be empty`);
  if (times !== undefined && !isCount(times)) mistakes.push(`${path}.times: must be a whole number above 0`);
  return mistakes;
}

function conditionsOf({ phases: at, status, body, bodyNot }: ErrorRule): string {
  return JSON.stringify([at, status, body, bodyNot]);
}
