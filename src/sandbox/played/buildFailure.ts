import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import { isFailure, judgeError } from '../../definitions/judgeError.ts';
import { setPath } from '../authorization/setPath.ts';
import type { ErrorRule, Phase, Verdict } from './definitionFacts.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';

/** An answer that fails, as a body of JSON; `status` is what a rule that names none gets. */
interface Draft {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** More often in a row than any definition wants to see a failure before it believes it. */
const timesInARow = 100;

/**
 * The vendor's way of saying something: one of these verdicts, in an answer that `judgeError` will read so. Its own
 * rules go first, whichever of the verdicts they express; the forms of OAuth 2.0 and of HTTP follow.
 *
 * @throws {Error} when nothing that this vendor can answer means any of it
 */
export function buildFailure(
  definition: ConnectableDefinition,
  phase: Phase,
  ...wanted: readonly [Verdict, ...Verdict[]]
): SandboxAnswer {
  const drafts = wanted.flatMap((verdict) =>
    draftFailures(definition, phase, verdict).map((draft) => ({ ...draft, verdict })),
  );
  const ordered = [...drafts.filter(({ isOwn }) => isOwn), ...drafts.filter(({ isOwn }) => !isOwn)];
  const draft = ordered.find(({ status, body, headers, verdict }) => {
    const answer = { status, body, wwwAuthenticate: headers?.['www-authenticate'] ?? '', timesInARow };
    return isFailure(definition, phase, answer) && judgeError(definition, phase, answer) === verdict;
  });
  if (draft === undefined)
    throw new Error(
      `${definition.slug} has no answer that means ${wanted.join(' or ')} in the phase ${phase}`,
    );
  return { status: draft.status, json: draft.body, ...(draft.headers && { headers: draft.headers }) };
}

/** Whether {@link buildFailure} can say it. */
export function canFail(definition: ConnectableDefinition, phase: Phase, verdict: Verdict): boolean {
  try {
    buildFailure(definition, phase, verdict);
    return true;
  } catch {
    return false;
  }
}

function draftFailures(
  definition: ConnectableDefinition,
  phase: Phase,
  verdict: Verdict,
): readonly (Draft & { readonly isOwn: boolean })[] {
  const plain = plainForms(definition, phase, verdict);
  const [first = { status: 400, body: {} }] = plain;
  const fromRules = definition.errors
    .filter((rule) => rule.verdict === verdict && (rule.phases?.includes(phase) ?? true))
    // What is said in this kind of call only fits it best.
    .sort((left, right) => (left.phases?.length ?? 9) - (right.phases?.length ?? 9))
    .flatMap((rule) => draftRule(rule, first));
  return [
    ...fromRules.map((draft) => ({ ...draft, isOwn: true })),
    ...plain.map((draft) => ({ ...draft, isOwn: false })),
  ];
}

function draftRule(rule: ErrorRule, plain: Draft): readonly Draft[] {
  const inside: Record<string, unknown> = {};
  if (rule.body !== undefined) setPath(inside, rule.body.path, rule.body.in[0]);
  if (rule.bodyNot !== undefined) setPath(inside, rule.bodyNot.path, otherThan(rule.bodyNot.in));
  const looksInside = Object.keys(inside).length > 0;
  // A search without a result is an answer like others.
  const usual = looksInside && rule.verdict === 'no-data' ? 200 : plain.status;
  return [rule.status ?? usual].flat().map((status) => ({
    ...plain,
    status,
    body: looksInside ? inside : plain.body,
  }));
}

/** A value that the rule does not except, of the kind that it excepts. */
function otherThan(values: readonly (string | number | null)[]): string | number {
  return typeof values[0] === 'number' ? 2554 : typeof values[0] === 'string' ? '5099' : 'failure';
}

/** RFC 6749 section 5.2, RFC 6750 section 3, and what statuses mean in HTTP. */
function plainForms(definition: ConnectableDefinition, phase: Phase, verdict: Verdict): readonly Draft[] {
  const isGrant = phase === 'token' || phase === 'refresh';
  const { lifecycle } = definition;
  switch (verdict) {
    case 'unauthorized':
      return isGrant
        ? [oauth(400, 'invalid_grant'), oauth(401, 'invalid_grant')]
        : [challenge(401, 'invalid_token'), { status: 401, body: {} }];
    case 'operator-alarm':
      return isGrant || phase === 'revoke'
        ? [{ ...oauth(401, 'invalid_client'), headers: { 'www-authenticate': 'Basic realm="sandbox"' } }]
        : [oauth(401, 'invalid_client')];
    case 'scope-missing':
      return [challenge(403, 'insufficient_scope'), { status: 403, body: {} }];
    case 'consent-missing':
    case 'subscription-lapsed':
      return [{ status: 403, body: {} }];
    case 'no-data':
      return [phase === 'revoke' ? oauth(400, 'invalid_token') : { status: 404, body: {} }];
    case 'rate-limited':
      return [oauth(429, 'slow_down')];
    case 'retry-later':
      return [{ ...oauth(503, 'temporarily_unavailable'), headers: { 'retry-after': '1' } }];
    case 'retired':
      return [{ status: lifecycle?.state === 'retired' ? (lifecycle.goneStatus ?? 410) : 410, body: {} }];
    case 'failed':
      return [oauth(400, 'invalid_request'), { status: 422, body: {} }, { status: 409, body: {} }];
  }
}

function oauth(status: number, error: string): Draft {
  return { status, body: { error, error_description: 'Said by the sandbox.' } };
}

function challenge(status: number, error: string): Draft {
  return {
    status,
    body: { error },
    headers: { 'www-authenticate': `Bearer realm="sandbox", error="${error}"` },
  };
}
