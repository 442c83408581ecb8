import type { Resource } from '../../definitions/shape/delivery.ts';
import { readPath } from '../../definitions/readPath.ts';
import type { SandboxCall } from '../server/sandboxCall.ts';
import type { AddressPatterns } from './addressPatterns.ts';
import { matchResources } from './matchResources.ts';

/** The value of a parameter, where calls of this resource carry them: query, form, or a path of a JSON body. */
export function readParameter(call: SandboxCall, resource: Resource, name: string): string | undefined {
  const inQuery = call.url.searchParams.get(name) ?? undefined;
  if (resource.method === 'GET') return inQuery;
  if (resource.json === undefined) return call.form[name] ?? inQuery;
  const value = readPath(parseJson(call.body), name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/**
 * The access token that a call for data shows, where the definition wants it: the query parameter of its resource,
 * or the `Authorization` header. Undefined when it is not there, whatever else is.
 */
export function readDataToken(call: SandboxCall, patterns: AddressPatterns): string | undefined {
  const parameter = matchResources(call, patterns)[0]?.resource.tokenParameter;
  if (parameter !== undefined) return call.url.searchParams.get(parameter) ?? undefined;
  return /^Bearer ([\w.~+/=-]+)$/i.exec(call.headers.authorization ?? '')?.[1];
}
