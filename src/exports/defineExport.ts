/**
 * One kind of export. Its file lies in `definitions/` and exports it as `definition`.
 *
 * The statements are complete except for the project, which `COPY` cannot take as a parameter; it is a GUID that
 * was parsed, so that it can be written into the text.
 */
export interface ExportDefinition {
  /** As in the path and on the command line: `data-scopes`. */
  readonly name: string;
  /** Stem of the file name: `DataScopes`. */
  readonly fileStem: string;
  /** SELECT whose columns are the CSV's, in order and by name. */
  readonly selectColumns: (projectID: string) => string;
  /** SELECT of one column: the JSON object of a row, without line breaks. */
  readonly selectDocuments: (projectID: string) => string;
}

export function defineExport(definition: ExportDefinition): ExportDefinition {
  return Object.freeze(definition);
}
