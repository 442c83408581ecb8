import type { TObject } from 'typebox';

/**
 * One kind of export: its route `GET …/exports/<name>`, its command `tributary export <name>` and their
 * descriptions are made from this. Its file lies in `definitions/`, is called like it (`dataScopes` for
 * `data-scopes`) and exports it as `definition`.
 *
 * The statements are complete except for the project, which `COPY` cannot take as a parameter; it is a GUID that
 * was parsed, so that it can be written into the text.
 */
export interface ExportDefinition {
  /** As in the path, on the command line and in the audit: `data-scopes`. */
  readonly name: string;
  /** Stem of the file's name, and of the operation's: `DataScopes.csv`, `exportDataScopes`. */
  readonly fileStem: string;
  /** What people call it: `Data Scopes`. */
  readonly title: string;
  /** What the operation does, for the API description. */
  readonly summary: string;
  /** What its rows are, for the command's help; it ends a sentence. */
  readonly contents: string;
  /** What its CSV looks like, for the API description. */
  readonly layout: string;
  /**
   * One object of the JSON forms. The columns of the CSV are its members in their order; a member of an object has
   * the names of both, one after the other (`Provider`, `ID`: `ProviderID`).
   */
  readonly row: TObject;
  /** SELECT whose columns are the CSV's, in order and by name. */
  readonly selectColumns: (projectID: string) => string;
  /** SELECT of one column: the JSON object of a row, without line breaks. */
  readonly selectDocuments: (projectID: string) => string;
}

/** Declares an export. `test/contract/exports.test.ts` holds what it says against what it writes. */
export function defineExport(definition: ExportDefinition): ExportDefinition {
  return Object.freeze(definition);
}
