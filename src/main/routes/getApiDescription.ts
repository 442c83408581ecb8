import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { defineRoute } from '../../platform/http/defineRoute.ts';

/** Lies beside `src/` in a checkout and beside `dist/` in a release. */
const file = join(import.meta.dirname, '../../../openapi.json');

/** The API description, as committed: the tests hold every answer against the same file. */
export const route = defineRoute({
  operationID: 'getApiDescription',
  method: 'GET',
  path: '/openapi.json',
  summary: 'The description of this API (OpenAPI 3.1)',
  caller: 'none',
  answers: { 200: { description: 'The description.', content: { 'application/json': Type.Object({}) } } },
  answer: async () => ({ status: 200, body: await readFile(file, 'utf8') }),
});
