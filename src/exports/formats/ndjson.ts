import { copyTextAsItIs, defineFormat } from '../shape/defineFormat.ts';

/** One JSON object a line. */
export const format = defineFormat({
  name: 'ndjson',
  contentType: 'application/x-ndjson; charset=utf-8',
  describe: ({ row }) => row,
  copyStatement: (definition, projectID) =>
    `copy (${definition.selectDocuments(projectID)}) to stdout ${copyTextAsItIs}`,
});
