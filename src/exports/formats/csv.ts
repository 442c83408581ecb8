import { defineFormat } from '../defineFormat.ts';

/** RFC 4180 with a header, line feeds as in the specification's sample, UTF-8 without a mark; null is empty. */
export const format = defineFormat({
  name: 'csv',
  contentType: 'text/csv; charset=utf-8; header=present',
  copyStatement: (definition, projectID) =>
    `copy (${definition.selectColumns(projectID)}) to stdout (format csv, header)`,
});
