import type { ProviderAnswer } from '../../platform/outbound/providerFetch.ts';
import { fillIn } from '../../definitions/callVariables.ts';
import type { ProviderConnection } from '../connection.ts';
import { connectionValues, type VariableValues } from '../calls/connectionValues.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** Answers about tokens are a few kilobytes, and whoever waits for one is a participant. */
export const tokenLimits = { deadlineMs: 20_000, bytesMax: 64 * 1024 } as const;

/** A request as the library would send it. */
export interface TokenForm {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: URLSearchParams;
}

/**
 * Sends a form with a credential or a token through the door, in the way that the vendor wants: with its own headers,
 * or all of it (iHealth), or only the client's credentials, in the query.
 */
export function sendTokenForm(
  connection: ProviderConnection,
  { url, headers, body }: TokenForm,
  limits: { readonly deadlineMs: number; readonly bytesMax: number } = tokenLimits,
): Promise<ProviderAnswer> {
  const { definition, door } = connection;
  const { tokenMethod = 'POST', tokenHeaders = {}, clientAuthentication } = definition.auth;
  const inQuery = clientAuthentication.some(({ method }) => method === 'client_secret_query')
    ? ['client_id', 'client_secret']
    : [];
  const address = new URL(url);
  const form: Record<string, string> = {};
  for (const [name, value] of body)
    if (tokenMethod === 'GET' || inQuery.includes(name)) address.searchParams.set(name, value);
    else form[name] = value;
  return door.fetch(
    omitUndefined({
      method: tokenMethod,
      url: address.href,
      headers: { ...keepHeaders(headers), ...fillAll(lowerCase(tokenHeaders), connectionValues(connection)) },
      body: tokenMethod === 'GET' ? undefined : { form },
      ...limits,
    }),
  );
}

/** The door says itself who calls and what a body is. */
export function keepHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { 'content-type': _type, 'user-agent': _agent, ...others } = headers;
  return others;
}

function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Texts with the values in place of their variables. */
export function fillAll(
  texts: Readonly<Record<string, string>>,
  values: VariableValues,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillIn(text, values)]));
}
