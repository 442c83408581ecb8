import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import { isFailure, judgeError } from '../../definitions/judgeError.ts';
import { writePath } from '../../definitions/writePath.ts';
import type { ErrorRule, Phase, Verdict } from '../../definitions/shape/errors.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import type { PlayedProvider } from './playedProvider.ts';

/** An answer that fails; `status` is what a rule that names none gets. */
interface Draft {
  readonly status: number;
  /** Left out where the answer is empty. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whose refusals are played. */
export type Speaker = Pick<PlayedProvider, 'definition' | 'quirk'>;

/** More often in a row than any definition wants to see a failure before it believes it. */
const timesInARow = 100;

/**
 * The vendor's way of saying something: one of these verdicts, in an answer that `judgeError` will read so. What it
 * is known to say goes first, then what its rules look for, whichever of the verdicts that is; the forms of OAuth
 * 2.0 and of HTTP follow.
 *
 * @throws {Error} when nothing that this vendor can answer means any of it
 */
export function buildFailure(
  { definition, quirk }: Speaker,
  phase: Phase,
  ...wanted: readonly [Verdict, ...Verdict[]]
): SandboxAnswer {
  const known = (quirk.refusals ?? [])
    .filter(({ phases }) => phases.includes(phase))
    .map(({ json, ...rest }) => ({ ...rest, body: json }));
  const steps: readonly ((verdict: Verdict) => readonly Draft[])[] = [
    (verdict) => [...known, ...draftFromRules(definition, phase, verdict)],
    (verdict) => plainForms(definition, phase, verdict),
  ];
  for (const draftsFor of steps)
    for (const verdict of wanted) {
      const draft = draftsFor(verdict).find((one) => judge(definition, phase, one) === verdict);
      if (draft !== undefined) return writeDraft(draft);
    }
  throw new Error(`${definition.slug} has no answer that means ${wanted.join(' or ')} in the phase ${phase}`);
}

/** Whether {@link buildFailure} can say it. */
export function canFail(speaker: Speaker, phase: Phase, verdict: Verdict): boolean {
  try {
    buildFailure(speaker, phase, verdict);
    return true;
  } catch {
    return false;
  }
}

function judge(
  definition: ConnectableDefinition,
  phase: Phase,
  { status, body, headers }: Draft,
): Verdict | undefined {
  const answer = { status, body, wwwAuthenticate: headers?.['www-authenticate'] ?? '', timesInARow };
  return isFailure(definition, phase, answer) ? judgeError(definition, phase, answer) : undefined;
}

function writeDraft({ status, body, headers }: Draft): SandboxAnswer {
  return omitUndefined({ status, json: body, headers });
}

function draftFromRules(definition: ConnectableDefinition, phase: Phase, verdict: Verdict): readonly Draft[] {
  const [first = { status: 400, body: {} }] = plainForms(definition, phase, verdict);
  return (
    definition.errors
      .filter((rule) => rule.verdict === verdict && (rule.phases?.includes(phase) ?? true))
      // What is said in this kind of call only fits it best.
      .sort((left, right) => (left.phases?.length ?? 9) - (right.phases?.length ?? 9))
      .flatMap((rule) => draftRule(rule, first))
  );
}

function draftRule(rule: ErrorRule, plain: Draft): readonly Draft[] {
  let inside: Record<string, unknown> = {};
  if (rule.body !== undefined) inside = writePath(inside, rule.body.path, rule.body.in[0]);
  if (rule.bodyNot !== undefined) inside = writePath(inside, rule.bodyNot.path, otherThan(rule.bodyNot.in));
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
  const { lifecycle, auth } = definition;
  switch (verdict) {
    case 'unauthorized':
      return isGrant
        ? [oauth(400, 'invalid_grant'), oauth(401, 'invalid_grant')]
        : [challenge(401, 'invalid_token'), { status: 401, body: {} }];
    case 'token-refused':
      return [challenge(401, 'invalid_token'), { status: 401, body: {} }];
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
      return phase === 'revoke'
        ? [...draftGone(auth.revoke), oauth(400, 'invalid_token')]
        : [{ status: 404, body: {} }];
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

/** By the statuses with which the vendor says that there was nothing to revoke any more. */
function draftGone(revoke: ConnectableDefinition['auth']['revoke']): readonly Draft[] {
  return revoke.by === 'call' ? revoke.alreadyGone.map((status) => ({ status, body: {} })) : [];
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
