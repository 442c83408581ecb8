import { Transform } from 'node:stream';
import { Type } from 'typebox';
import { copyTextAsItIs, defineFormat } from '../shape/defineFormat.ts';

/** One JSON array: the specification's objects, made valid. */
export const format = defineFormat({
  name: 'json',
  contentType: 'application/json; charset=utf-8',
  describe: ({ row }) => Type.Array(row),
  // Each row begins with a comma; the first one becomes the opening bracket.
  copyStatement: (definition, projectID) =>
    `copy (select ',' || document from (${definition.selectDocuments(projectID)}) documents (document)) to stdout ${copyTextAsItIs}`,
  finish: () => {
    let empty = true;
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        if (empty && chunk.length > 0) {
          chunk[0] = 0x5b;
          empty = false;
        }
        done(null, chunk);
      },
      flush(done) {
        done(null, empty ? '[]\n' : ']\n');
      },
    });
  },
});
