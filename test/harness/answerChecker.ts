import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Description {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >;
}

const text = readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8');
const description = JSON.parse(text) as Description;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(description, 'openapi');
const compiled = new Map<string, ValidateFunction>();

/** Paths of the description as the service matches them: any letter case, repeated and trailing slashes. */
const operations = Object.entries(description.paths)
  // A concrete path goes before one with parameters (OpenAPI 3.1, "Paths Object").
  .sort(([left], [right]) => left.split('{').length - right.split('{').length)
  .map(([path, methods]) => ({
    path,
    methods,
    matches: new RegExp(
      `^/*${path
        .slice(1)
        .replaceAll('/', '/+')
        .replaceAll(/\{\w+\}/g, '[^/]+')}/*$`,
      'i',
    ),
  }));

/**
 * Fails when an answer is not one that `openapi.json` describes: its status, its media type and, for JSON, its
 * whole body, line by line where each line is a document. What is not in the description, a path or a method of it, must be answered with a problem.
 */
export function checkAnswer(
  method: string,
  url: string,
  answer: { statusCode: number; contentType: string | undefined; body: string },
): void {
  if (method === 'HEAD') return;
  // A preflight: of the Fetch standard, and so of no operation.
  if (method === 'OPTIONS' && answer.statusCode === 204 && answer.body === '') return;
  const where = `${method} ${url.slice(0, 200)} → ${answer.statusCode}`;
  // As addresses are parsed (WHATWG URL): some of a test's strings have it.
  const path = (url.split('?', 1)[0] ?? '').replaceAll('\\', '/');
  const operation = operations.find(
    ({ matches, methods }) => matches.test(path) && method.toLowerCase() in methods,
  );
  const responses = operation?.methods[method.toLowerCase()]?.responses;
  const known = responses?.[answer.statusCode] ?? responses?.default;
  const pointer =
    responses === undefined
      ? '#/components/schemas/Problem'
      : `#/paths/${escape(operation!.path)}/${method.toLowerCase()}/responses/${answer.statusCode in responses ? answer.statusCode : 'default'}`;
  const type = answer.contentType?.split(';')[0]?.trim() ?? '';
  if (responses === undefined && (answer.statusCode < 400 || type !== 'application/problem+json'))
    throw new Error(`${where}: ${type} where nothing is described, which only a problem may answer`);
  if (responses !== undefined && known?.content === undefined) {
    if (answer.body !== '') throw new Error(`${where}: a body where none is described`);
    return;
  }
  if (responses !== undefined && known?.content?.[type] === undefined)
    throw new Error(`${where}: ${type} is not described`);
  if (!/json$/.test(type)) return;
  const validate = compile(responses === undefined ? pointer : `${pointer}/content/${escape(type)}/schema`);
  const documents =
    type === 'application/x-ndjson' ? answer.body.split('\n').filter((line) => line !== '') : [answer.body];
  for (const document of documents)
    if (!validate(JSON.parse(document))) throw new Error(`${where}: ${ajv.errorsText(validate.errors)}`);
}

function compile(pointer: string): ValidateFunction {
  let validate = compiled.get(pointer);
  if (validate === undefined) {
    validate = ajv.compile({ $ref: `openapi${pointer}` });
    compiled.set(pointer, validate);
  }
  return validate;
}

/** A JSON pointer token in a URI fragment (RFC 6901 sections 3 and 6). */
function escape(token: string): string {
  return encodeURIComponent(token.replaceAll('~', '~0').replaceAll('/', '~1'));
}
