import { fillIn, variablePattern } from '../../definitions/callVariables.ts';
import { readPath } from '../../definitions/readPath.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';

/** A call as a definition describes it; only what tells it from other calls is needed. */
export interface CallTemplate {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** How a received call fills a definition’s. */
export interface CallMatch {
  /** Values that the caller has put in place of `{variables}` whose value is not known here. */
  readonly variables: Readonly<Record<string, string>>;
  /** Parts that are there but hold another value than the known one, or that are missing. */
  readonly wrong: readonly string[];
}

export type CallValues = Readonly<Record<string, string | undefined>>;

/**
 * What a received call has in place of the variables of a definition's call, or undefined when it is another call:
 * by method, address, and those form fields that the definition writes out (Withings: `action`).
 */
export function matchCall(
  template: CallTemplate,
  call: ReceivedCall,
  values: CallValues,
): CallMatch | undefined {
  if (call.method !== template.method) return undefined;
  const inAddress = matchAddress(template.url, call.url, values);
  if (inAddress === undefined) return undefined;
  const form = Object.entries(template.form ?? {});
  if (form.some(([name, text]) => !text.includes('{') && call.form[name] !== text)) return undefined;
  const variables: Record<string, string> = { ...inAddress };
  const wrong: string[] = [];
  const take = (name: string, text: string, given: unknown) => {
    const found = typeof given === 'string' ? matchText(fillIn(text, values), given) : undefined;
    if (found === undefined) wrong.push(name);
    else Object.assign(variables, found);
  };
  const query = new URLSearchParams(template.url.split('?')[1] ?? '');
  for (const [name, text] of query) take(name, text, call.url.searchParams.get(name));
  for (const [name, text] of form) take(name, text, call.form[name]);
  for (const [name, text] of Object.entries(template.headers ?? {}))
    take(name, text, call.headers[name.toLowerCase()]);
  for (const [path, value] of leaves(template.json, ''))
    if (typeof value === 'string') take(path, value, readPath(call.json, path));
    else if (readPath(call.json, path) !== value) wrong.push(path);
  return { variables, wrong };
}

/** The variables of an address without its query, or undefined when it is another address. */
export function matchAddress(
  template: string,
  url: URL,
  values: CallValues,
): Readonly<Record<string, string>> | undefined {
  const [address = ''] = fillIn(template, values).split('?');
  return matchText(address, `${url.origin}${decode(url.pathname)}`, '[^/]+');
}

/** `{name}` stands for any text, everything else for itself. */
function matchText(
  template: string,
  text: string,
  any = '[^]+',
): Readonly<Record<string, string>> | undefined {
  const names: string[] = [];
  const pattern = template
    .split(variablePattern)
    .map((part, index) => {
      if (index % 2 === 0) return part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
      names.push(part);
      return `(${any})`;
    })
    .join('');
  const found = new RegExp(`^${pattern}$`).exec(text);
  return found === null
    ? undefined
    : Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function leaves(value: unknown, path: string): readonly (readonly [path: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [[path, value]];
  return Object.entries(value).flatMap(([name, part]) =>
    leaves(part, path === '' ? name : `${path}.${name}`),
  );
}
