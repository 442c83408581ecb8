import { pipeline, type Readable, type Transform } from 'node:stream';
import { record } from '../audit/record.ts';
import { parseGuid } from '../contract/scalars.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { invalidRequest } from '../platform/http/errors.ts';
import { printable } from '../platform/http/parseQuery.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { exportFormats, formatNames } from './exportFormats.ts';
import type { ExportDefinition } from './shape/defineExport.ts';

/** What somebody asked for, and who. */
export interface ExportRequest {
  readonly definition: ExportDefinition;
  /** Its name; whether there is such a format is found out here. */
  readonly format: string;
  readonly projectID: string;
  readonly actor: string;
}

/** An export whose first byte is about to come. */
export interface OpenExport {
  readonly stream: Readable;
  readonly contentType: string;
  readonly fileName: string;
}

/**
 * The bytes of an export as they come from the database, with back-pressure all the way.
 *
 * One statement, therefore one snapshot. The audit row is committed before the first byte leaves, so that no
 * disclosure is without a trace, even one that breaks off. The stream fails when the database does; whoever
 * passes it on must make that visible.
 *
 * @throws {DomainError} `invalid-request` for an unknown format
 */
export async function openExport(
  database: Database,
  clock: Clock,
  request: ExportRequest,
): Promise<OpenExport> {
  const format = exportFormats.find(({ name }) => name === request.format);
  if (format === undefined)
    throw new DomainError(
      invalidRequest,
      `There is no export format "${printable(request.format)}". Allowed are: ${formatNames.join(', ')}.`,
    );
  const projectID = parseGuid(request.projectID);
  if (projectID === undefined) throw new Error('The project of an export is not a GUID');
  await database.transaction((transaction) =>
    record(transaction, {
      projectID,
      actor: request.actor,
      action: 'export.started',
      details: { export: request.definition.name, format: format.name },
      occurredAt: clock.now(),
    }),
  );
  const { stream, release } = await database.copyOut(format.copyStatement(request.definition, projectID));
  let whole = false;
  stream.once('end', () => (whole = true));
  stream.once('close', () => release(!whole));
  return {
    stream: format.finish === undefined ? stream : pipeThrough(stream, format.finish()),
    contentType: format.contentType,
    fileName: `${request.definition.fileStem}.${format.name}`,
  };
}

/** `source` through `transform`; a failure or an early end of either destroys both. */
export function pipeThrough(source: Readable, transform: Transform): Transform {
  // Whoever reads the result sees the failure; there is nothing to add to it here.
  return pipeline(source, transform, () => undefined);
}
