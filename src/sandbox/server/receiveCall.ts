import type { IncomingMessage } from 'node:http';
import { parseJsonBody } from '../../platform/outbound/parseJsonBody.ts';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import type { SandboxCall } from './sandboxCall.ts';

/** A call with what only authorization looks at: repeated fields, and a body of JSON. */
export interface ReceivedCall extends SandboxCall {
  /** Fields of a form body, repeated ones too. */
  readonly fields: URLSearchParams;
  /** Undefined for any other body. */
  readonly json: unknown;
}

/** What a request is addressed to. */
export interface Target {
  readonly slug: string;
  /** `https://REAL-HOST/path?query`. */
  readonly url: URL;
}

const bytesMax = 1_000_000;
/** So much of what is too long is read all the same, so that the refusal reaches whoever sends it. */
const patienceBytes = 20_000_000;

export class BodyTooLong extends Error {}

/** The real address behind `/SLUG/HOST/path`, or undefined for anything else. */
export function readTarget(path: string): Target | undefined {
  const [, slug, host, rest = ''] =
    /^\/([A-Za-z][A-Za-z0-9]*)\/([A-Za-z0-9.:[\]-]+)((?:[/?].*)?)$/.exec(path) ?? [];
  const url = slug === undefined ? null : URL.parse(`https://${host}${rest}`);
  return slug === undefined || url === null ? undefined : { slug, url };
}

/** @throws {BodyTooLong} */
export async function readRequestBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
    if (bytes > patienceBytes) break;
  }
  if (bytes > bytesMax) throw new BodyTooLong('a request to the sandbox has at most 1 MB');
  return Buffer.concat(chunks);
}

export function receiveCall(
  definition: NamedDefinition,
  url: URL,
  { request, body }: { readonly request: IncomingMessage; readonly body: Buffer },
): ReceivedCall {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const isForm = type === 'application/x-www-form-urlencoded';
  const fields = new URLSearchParams(isForm ? body.toString() : '');
  const form: Record<string, string> = {};
  for (const [name, value] of fields) form[name] ??= value;
  return {
    definition,
    method: request.method ?? 'GET',
    url,
    headers,
    body,
    form,
    fields,
    json: isForm || body.length === 0 ? undefined : parseJsonBody(body),
  };
}
