import type { Secret } from '../../platform/config/secret.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { parseJsonBody } from '../../platform/outbound/parseJsonBody.ts';
import type { ProviderAnswer, ProviderRequest } from '../../platform/outbound/providerFetch.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { fillIn, variablesIn } from '../../definitions/callVariables.ts';
import type { ProviderConnection } from '../connection.ts';
import { connectionValues, type VariableValues } from './connectionValues.ts';
import type { ApiCall, JsonBody } from '../../definitions/shape/auth.ts';
import type { Phase, Verdict } from '../../definitions/shape/errors.ts';
import { isFailure, judgeError, type VendorAnswer } from '../../definitions/judgeError.ts';
import { basicCredentials } from '../steps/authenticateClient.ts';
import { fillAll, tokenLimits } from '../steps/sendTokenForm.ts';
import { readPath } from '../../definitions/readPath.ts';

/** What a call is about: whose token, which values beside those of the connection, and where a token is named. */
export interface CallSubject {
  readonly phase: Phase;
  readonly accessToken?: Secret;
  /** Values of `{userID}`, `{accountID}` and others that are known. */
  readonly values: VariableValues;
  /** Put in as it is, after everything else. */
  readonly token?: { readonly place: 'form' | 'query'; readonly name: string; readonly value: Secret };
}

type CallOutcome =
  | { readonly outcome: 'done'; readonly body: unknown }
  | {
      readonly outcome: 'failed';
      readonly verdict: Verdict;
      /** It was made, and nobody answered. */
      readonly isUnanswered?: true;
    };

/**
 * Makes one call of a definition, and the one that it needs before, each once. Judged by the vendor's rules, whatever
 * status a failure comes with.
 *
 * A call with a variable for which there is no value is not made: it would mean something else.
 */
export async function callProvider(
  { clock }: { readonly clock: Clock },
  connection: ProviderConnection,
  { call, subject }: { readonly call: ApiCall; readonly subject: CallSubject },
): Promise<CallOutcome> {
  const { firstAsk, ...own } = call;
  let { values } = subject;
  if (firstAsk !== undefined) {
    const first = await callProvider({ clock }, connection, {
      call: firstAsk.call,
      subject: { ...subject, values },
    });
    if (first.outcome === 'failed') return first;
    const value = readPath(first.body, firstAsk.path);
    if (typeof value !== 'string' && typeof value !== 'number')
      return { outcome: 'failed', verdict: 'failed' };
    values = { ...values, [firstAsk.variable]: String(value) };
  }
  values = { ...values, nowS: String(Math.floor(clock.now() / 1_000)) };
  const common = connectionValues(connection);
  if (hasUnfilled(own, { ...common, ...values })) return { outcome: 'failed', verdict: 'failed' };
  const request = buildRequest(connection, own, { ...subject, values });
  return judge(connection, call, { phase: subject.phase, answer: await connection.door.fetch(request) });
}

/** Whether a call has a variable without a value. */
export function hasUnfilled(call: object, values: VariableValues): boolean {
  return variablesIn(JSON.stringify(call)).some((name) => values[name] === undefined);
}

function buildRequest(
  connection: ProviderConnection,
  call: ApiCall,
  { accessToken, values, token }: CallSubject,
): ProviderRequest {
  const common = connectionValues(connection);
  const all = { ...common, ...values };
  const { clientID, clientSecret } = common;
  const url = new URL(fillIn(call.url, { ...common, ...escape({ clientID, clientSecret, ...values }) }));
  const form = call.form === undefined ? {} : fillAll(call.form, all);
  if (token?.place === 'query') url.searchParams.set(token.name, token.value.reveal());
  if (token?.place === 'form') form[token.name] = token.value.reveal();
  const { headers, fields } = proveCaller(connection, call, { form, accessToken });
  const json = call.json === undefined ? undefined : fillJson(call.json, all);
  return omitUndefined({
    method: call.method,
    url: url.href,
    headers: { ...fillAll(call.headers ?? {}, all), ...headers },
    body: json === undefined ? formBody(fields) : { json },
    ...tokenLimits,
  });
}

function formBody(fields: Readonly<Record<string, string>>) {
  return Object.keys(fields).length > 0 ? { form: fields } : undefined;
}

/** What no definition and no operator wrote as a part of an address must not change it. */
function escape(values: VariableValues): VariableValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === undefined || name === 'webhookUrl' ? value : encodeURIComponent(value),
    ]),
  );
}

function proveCaller(
  { credentials }: ProviderConnection,
  call: ApiCall,
  { form, accessToken }: { readonly form: Record<string, string>; readonly accessToken: Secret | undefined },
): { readonly headers: Record<string, string>; readonly fields: Readonly<Record<string, string>> } {
  const { clientID, clientSecret } = credentials;
  const secret = clientSecret?.reveal() ?? '';
  switch (call.authentication) {
    case 'bearer':
      return { headers: { authorization: `Bearer ${accessToken?.reveal() ?? ''}` }, fields: form };
    case 'client_secret_basic':
      return { headers: { authorization: basicCredentials(clientID, secret) }, fields: form };
    case 'client_secret_post':
      return { headers: {}, fields: { ...form, client_id: clientID, client_secret: secret } };
    case 'hook':
      return { headers: {}, fields: call.sign(form, { id: clientID, secret }) };
    case 'none':
      return { headers: {}, fields: form };
    case 'service-account':
      throw new Error('Calls for a whole project are not made for one participant');
  }
}

function fillJson(body: Readonly<Record<string, JsonBody>>, values: VariableValues): unknown {
  const fill = (part: JsonBody): unknown => {
    if (typeof part === 'string') return fillIn(part, values);
    if (typeof part !== 'object') return part;
    if (isList(part)) return part.map(fill);
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, fill(value)]));
  };
  return fill(body);
}

function isList(part: JsonBody): part is readonly JsonBody[] {
  return Array.isArray(part);
}

function judge(
  { definition }: ProviderConnection,
  { accepts, succeedsWhen }: ApiCall,
  { phase, answer: received }: { readonly phase: Phase; readonly answer: ProviderAnswer },
): CallOutcome {
  if (received.outcome !== 'answered') {
    const isOurs = received.outcome === 'refused-address';
    return {
      outcome: 'failed',
      verdict: isOurs ? 'failed' : judgeError(definition, phase, {}),
      isUnanswered: true,
    };
  }
  const answer = readAnswer(received);
  const { status, body } = answer;
  const isAccepted = accepts?.includes(status) ?? (status >= 200 && status <= 299);
  // A status that is accepted is no failure by itself; what the answer says may be one.
  const saysFailure = isFailure(definition, phase, isAccepted ? { ...answer, status: 200 } : answer);
  const holds = succeedsWhen === undefined || readPath(body, succeedsWhen.path) === succeedsWhen.equals;
  if (isAccepted && !saysFailure && holds) return { outcome: 'done', body };
  return { outcome: 'failed', verdict: judgeError(definition, phase, answer) };
}

/** An answer as the vendor's rules look at it. */
export function readAnswer({
  status,
  body,
  headers,
}: Extract<ProviderAnswer, { outcome: 'answered' }>): VendorAnswer & { readonly status: number } {
  const challenge = headers['www-authenticate'];
  return omitUndefined({
    status,
    body: parseJsonBody(body),
    wwwAuthenticate: challenge,
  });
}
