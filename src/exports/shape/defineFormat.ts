import type { Transform } from 'node:stream';
import type { TSchema } from 'typebox';
import type { ExportDefinition } from './defineExport.ts';

/** One way of writing an export. Its file lies in `formats/`, is called like it and exports it as `format`. */
export interface ExportFormat {
  /** As in the `format` parameter, and the extension of the file. */
  readonly name: string;
  readonly contentType: string;
  /** What is written, for the API description; of forms with many documents, one of them. */
  readonly describe: (definition: ExportDefinition) => TSchema;
  /** The `COPY … TO STDOUT` whose bytes are the file, or nearly so. */
  readonly copyStatement: (definition: ExportDefinition, projectID: string) => string;
  /** What the database's bytes still lack. */
  readonly finish?: () => Transform;
}

/** Declares a format. */
export function defineFormat(format: ExportFormat): ExportFormat {
  return Object.freeze(format);
}

/**
 * Options that make `COPY` write a text column as it is: JSON text holds none of these control characters,
 * so nothing is ever quoted or escaped. COPY's own text form would double every backslash.
 */
export const copyTextAsItIs = `(format csv, quote E'\\x01', delimiter E'\\x02')`;
