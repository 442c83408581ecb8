import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { defineRoute, type Route } from '../../platform/http/defineRoute.ts';

const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;

/** A file of `assets/` that our pages load: the same for everybody, read once. */
export function defineFile(file: {
  readonly operationID: string;
  readonly path: string;
  readonly asset: `${string}.${keyof typeof types}`;
  /** Pages of a study load it as well: without that, a browser keeps it from them (Fetch standard, section 3.6). */
  readonly forPagesOfOthers?: true;
}): Route<unknown> {
  const { operationID, path, asset, forPagesOfOthers } = file;
  const headers: Record<string, string> = { 'cache-control': 'public, max-age=300' };
  if (forPagesOfOthers === true) headers['cross-origin-resource-policy'] = 'cross-origin';
  const type = types[asset.slice(asset.lastIndexOf('.') + 1) as keyof typeof types];
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
        headers,
        body: text,
      }),
  });
}
