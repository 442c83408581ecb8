import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { defineRoute, type Route } from '../../platform/http/defineRoute.ts';

/** A file of `assets/` that our pages load: the same for everybody, read once. */
export function defineFile(file: {
  readonly operationID: string;
  readonly path: string;
  readonly asset: `${string}.css` | `${string}.js`;
}): Route<unknown> {
  const { operationID, path, asset } = file;
  const type = asset.endsWith('.css') ? 'text/css' : 'text/javascript';
  const text = readFileSync(join(import.meta.dirname, 'assets', asset), 'utf8');
  return defineRoute({
    operationID,
    method: 'GET',
    path,
    summary: `A file of the connect pages: ${path}`,
    caller: 'none',
    readsQuery: true,
    answers: { 200: { description: 'The file.', content: { [type]: Type.String() } } },
    answer: () =>
      Promise.resolve({
        status: 200,
        contentType: `${type}; charset=utf-8`,
        headers: { 'cache-control': 'public, max-age=300' },
        body: text,
      }),
  });
}
