import { Type } from 'typebox';
import { defineFormat } from '../shape/defineFormat.ts';

/** RFC 4180 with a header, line feeds as in the specification's sample, UTF-8 without a mark; null is empty. */
export const format = defineFormat({
  name: 'csv',
  contentType: 'text/csv; charset=utf-8; header=present',
  describe: ({ layout }) => Type.String({ description: layout }),
  copyStatement: (definition, projectID) =>
    `copy (${definition.selectColumns(projectID)}) to stdout (format csv, header)`,
});
