import type { NamedDefinition } from './defineProvider.ts';
import type { RevokeCall } from './shape/auth.ts';
import type { ErrorRule, Phase, Verdict } from './shape/errors.ts';
import { isObject } from '../platform/members/isObject.ts';
import { readPath } from './readPath.ts';

/** What came back from a call. */
export interface VendorAnswer {
  /** Left out when nothing answered. */
  readonly status?: number;
  /** The answer's JSON; undefined when it was none. */
  readonly body?: unknown;
  readonly wwwAuthenticate?: string;
  /** How often in a row the call has ended so, this time included. Default: 1. */
  readonly timesInARow?: number;
}

/** The facts of a definition that decide about failures. */
export type ErrorFacts = Pick<NamedDefinition, 'errors' | 'auth' | 'lifecycle' | 'delivery'>;

/** In the order of a connection's life. */
export const phases = ['token', 'connect', 'refresh', 'data', 'revoke'] as const satisfies readonly Phase[];

/** Whether an answer is a failure: by its status, or by a rule of the vendor that looks into it. */
export function isFailure(definition: ErrorFacts, phase: Phase, answer: VendorAnswer): boolean {
  const { status = 0 } = answer;
  return (
    status < 200 ||
    status > 299 ||
    definition.errors.some((rule) => looksInside(rule) && fits(rule, phase, answer))
  );
}

/**
 * What a failed call means. Every failure gets a verdict, and the same failure always the same.
 *
 * Structure alone decides, never words for people, in this order: the status of an interface that was shut down;
 * the vendor's rules that look into the answer; OAuth error codes that excuse the participant, because wrong
 * credentials of ours and an ended consent often share a status; the vendor's rules by status alone; all other
 * OAuth codes (RFC 6749 section 5.2, RFC 6750 section 3.1); and last what a status usually means. A code is believed
 * only with a status that blames the request: a gateway in trouble says anything.
 *
 * At the token endpoint a refusal that is no JSON object is a gateway's, and to be tried again. A refused access token is
 * no verdict on a grant that can be renewed, whatever its status and code.
 */
export function judgeError(definition: ErrorFacts, phase: Phase, answer: VendorAnswer): Verdict {
  const { status } = answer;
  const { lifecycle, errors } = definition;
  if (status === undefined) return 'retry-later';
  if (lifecycle?.state === 'retired' && lifecycle.goneStatus === status) return 'retired';
  const code = readCode(answer);
  const rule = (inside: boolean) =>
    errors.find((one) => looksInside(one) === inside && fits(one, phase, answer));
  return (
    judgeRule(rule(true), answer) ??
    excuses[code] ??
    judgeRule(rule(false), answer) ??
    judgeCode(definition, phase, code) ??
    judgeStatus(definition, phase, answer)
  );
}

function looksInside(rule: ErrorRule): boolean {
  return rule.body !== undefined || rule.bodyNot !== undefined;
}

function fits(rule: ErrorRule, phase: Phase, { status = 0, body }: VendorAnswer): boolean {
  if (rule.phases !== undefined && !rule.phases.includes(phase)) return false;
  if (rule.status !== undefined && ![rule.status].flat().includes(status)) return false;
  const endsByStatus = rule.verdict === 'unauthorized' && !looksInside(rule);
  if (endsByStatus && isOfGateway(phase, { status, body })) return false;
  // Only a rule that names the status may end a consent because of what a gateway in trouble says.
  if (rule.status === undefined && rule.verdict === 'unauthorized' && isTrouble(status)) return false;
  const isOneOf = (value: unknown, values: readonly (string | number | null)[]) =>
    values.some((one) => one === value);
  if (rule.body !== undefined && !isOneOf(readPath(body, rule.body.path), rule.body.in)) return false;
  if (rule.bodyNot === undefined) return true;
  const value = readPath(body, rule.bodyNot.path);
  return value !== undefined && !isOneOf(value, rule.bodyNot.in);
}

/** Whether nothing shows that the authorization server itself has written a refusal: a page, or nothing at all. */
function isOfGateway(phase: Phase, { status = 0, body }: VendorAnswer): boolean {
  return (phase === 'token' || phase === 'refresh') && status >= 400 && status < 500 && !isObject(body);
}

/** Whether a new access token may be taken where this one is not. */
function isRenewable({ auth }: ErrorFacts, phase: Phase): boolean {
  return (phase === 'data' || phase === 'connect') && auth.kind !== 'none' && auth.refresh.policy !== 'none';
}

function isTrouble(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

function judgeRule(rule: ErrorRule | undefined, { timesInARow = 1 }: VendorAnswer): Verdict | undefined {
  return timesInARow < (rule?.times ?? 1) ? 'retry-later' : rule?.verdict;
}

/** The OAuth error code, which stands in the answer or in the challenge; empty when there is none to believe. */
function readCode({ status = 0, body, wwwAuthenticate }: VendorAnswer): string {
  if (status < 400 || isTrouble(status)) return '';
  const inBody = readPath(body, 'error');
  return typeof inBody === 'string' ? inBody : readChallenge(wwwAuthenticate ?? '');
}

/** `error` of a Bearer challenge (RFC 6750 section 3). */
function readChallenge(header: string): string {
  const text = header.slice(0, 2_000);
  if (!/(^|,)\s*bearer\s/i.test(text)) return '';
  // Whole parameters are matched one after the other, so that a quoted text cannot pretend to be another one.
  for (const [, name = '', value = ''] of text.matchAll(/([\w-]{1,40})\s{0,10}=\s{0,10}("[^"]*"|[^\s,"]+)/g))
    if (name.toLowerCase() === 'error') return value.replaceAll('"', '');
  return '';
}

/** Codes that say that it is not the participant's doing: ours to mend, for all at once, or the vendor's trouble. */
const excuses: Readonly<Record<string, Verdict | undefined>> = Object.assign(
  Object.create(null) as object,
  {
    invalid_client: 'operator-alarm',
    unauthorized_client: 'operator-alarm',
    unsupported_grant_type: 'operator-alarm',
    invalid_scope: 'operator-alarm',
    server_error: 'retry-later',
    temporarily_unavailable: 'retry-later',
    slow_down: 'rate-limited',
  } as const,
);

function judgeCode(facts: ErrorFacts, phase: Phase, code: string): Verdict | undefined {
  switch (code) {
    case 'invalid_grant':
    case 'invalid_token':
      // What is given back is gone already.
      if (phase === 'revoke') return 'no-data';
      return isRenewable(facts, phase) ? 'token-refused' : 'unauthorized';
    case 'insufficient_scope':
      return phase === 'data' || phase === 'connect' ? 'scope-missing' : 'failed';
    case 'invalid_request':
    case 'unsupported_token_type':
      return 'failed';
    default:
      return undefined;
  }
}

function judgeStatus(facts: ErrorFacts, phase: Phase, answer: VendorAnswer): Verdict {
  const { auth, delivery } = facts;
  const { status = 0 } = answer;
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status === 408 || status === 425) return 'retry-later';
  if (phase === 'revoke' && auth.kind !== 'none' && isGone(auth.revoke, answer)) return 'no-data';
  // A FHIR server says so of one record that was deleted (HL7 FHIR R4, HTTP section 3.1.0.7).
  if (status === 410)
    return phase === 'data' && delivery !== undefined && 'fhir' in delivery ? 'no-data' : 'retired';
  if (isOfGateway(phase, answer)) return 'retry-later';
  // At the token endpoint a bare status does not tell whose fault it is.
  if (phase !== 'data' && phase !== 'connect') return 'failed';
  if (status === 401) return isRenewable(facts, phase) ? 'token-refused' : 'unauthorized';
  if (status === 403) return 'scope-missing';
  return status === 404 && phase === 'data' ? 'no-data' : 'failed';
}

function isGone(revoke: RevokeCall, { status = 0, body }: VendorAnswer): boolean {
  if (revoke.by !== 'call') return false;
  const when = revoke.alreadyGoneWhen;
  const told = when === undefined ? undefined : readPath(body, when.path);
  return revoke.alreadyGone.includes(status) || (when?.in.some((value) => value === told) ?? false);
}
