import { copyTextAsItIs, defineFormat } from '../defineFormat.ts';

/** One JSON object a line. */
export const format = defineFormat({
  name: 'ndjson',
  contentType: 'application/x-ndjson; charset=utf-8',
  copyStatement: (definition, projectID) =>
    `copy (${definition.selectDocuments(projectID)}) to stdout ${copyTextAsItIs}`,
});
