import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { DomainError } from '../errors/domainError.ts';
import type { RawCall } from './defineRoute.ts';
import { invalidRequest, payloadTooLarge } from './errors.ts';
import { printable } from './parseQuery.ts';

/**
 * The JSON of a body for a route that reads one. Clients send this content type on requests without a body, and to
 * routes that want none: those are not read.
 *
 * @throws {DomainError} `payload-too-large`, `invalid-request` for what is no JSON, or text that no database can keep
 */
export async function readJsonBody(request: FastifyRequest, payload: Readable): Promise<unknown> {
  const { jsonBytesMax } = request.routeOptions.config as { jsonBytesMax?: number };
  if (jsonBytesMax === undefined) {
    payload.resume();
    return undefined;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of payload as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > jsonBytesMax) {
      payload.resume();
      throw new DomainError(payloadTooLarge, `The request body has more than ${jsonBytesMax} bytes.`);
    }
    chunks.push(chunk);
  }
  return bytes === 0 ? undefined : parseJson(Buffer.concat(chunks));
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(decoder.decode(bytes), (name, value: unknown) => {
      for (const text of [name, value])
        if (typeof text === 'string' && (text.includes('\0') || !text.isWellFormed()))
          throw new Error('a text that cannot be kept');
      return value;
    });
  } catch {
    throw new DomainError(
      invalidRequest,
      'The request body is not JSON in UTF-8, or holds a NUL or half of a character.',
    );
  }
}

/**
 * The body of a request by a schema.
 *
 * @throws {DomainError} `invalid-request`, naming the first member that is not as described
 */
export function requireJson<Schema extends TSchema>({ request }: RawCall, schema: Schema): Static<Schema> {
  const { body } = request;
  if (body === undefined) throw new DomainError(invalidRequest, 'A body of application/json is needed.');
  if (Value.Check(schema, body)) return body;
  const [mistake] = Value.Errors(schema, body);
  const place = mistake?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const where = place === '' ? 'The request body' : `The member "${printable(place)}" of the request body`;
  throw new DomainError(invalidRequest, `${where} ${mistake?.message ?? 'is not as described'}.`);
}
