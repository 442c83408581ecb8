import { readParameters } from './parameters.ts';
import type { Accuse } from './rules.ts';

/** A request that the client itself makes to an endpoint that takes forms. */
export interface FormRequest {
  readonly method: string;
  /** Without the question mark. */
  readonly query: string;
  readonly type: string | undefined;
  readonly accept: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

const authentication = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];

/** Judges the form of a request to the token or revocation endpoint; gives its parameters. */
export function judgeForm(
  request: FormRequest,
  names: readonly string[],
  accuse: Accuse,
): ReadonlyMap<string, string> {
  if (request.method !== 'POST') accuse('form-method');
  if (request.query !== '') accuse('form-query');
  if (!/^application\/x-www-form-urlencoded(; *charset=utf-8)?$/i.test(request.type ?? ''))
    accuse('form-type');
  if (!admitsJson(request.accept)) accuse('form-accept');
  return readParameters(request.body, new Set([...names, ...authentication]), {
    accuse,
    unknown: 'form-unknown',
  });
}

export function admitsJson(accept: string | undefined): boolean {
  return accept === undefined || /(application\/json|application\/\*|\*\/\*)/i.test(accept);
}
