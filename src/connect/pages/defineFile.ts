import { Type } from 'typebox';
import { defineRoute, type Route } from '../../platform/http/defineRoute.ts';

/** A file that our pages load: the same for everybody. */
export function defineFile(file: {
  readonly operationID: string;
  readonly path: string;
  readonly type: 'text/css' | 'text/javascript';
  readonly text: string;
}): Route {
  const { operationID, path, type, text } = file;
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
