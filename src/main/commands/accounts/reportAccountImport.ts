import { basename } from 'node:path';
import type { ReadStream } from 'node:fs';
import { importAccounts, type AccountImportReport } from '../../../accounts/importAccounts.ts';
import { readAccountFile } from '../../../accounts/readAccountFile.ts';
import type { Database } from '../../../platform/storage/database.ts';
import type { CommandLine } from '../../commandLine.ts';
import { refuseFile } from '../../refuseFile.ts';

/** Mappings that are printed; `--json` has a thousand. */
const printedMax = 20;

interface AccountImportRequest {
  readonly projectID: string;
  readonly source: ReadStream;
  /** Size of the file, for the share that is read. */
  readonly bytes: number;
  readonly name: string;
  readonly json: boolean;
}

/**
 * Imports an export file and prints what came of it.
 *
 * @throws {CommandFailed} when the file was refused; its mistakes have been printed by then
 */
export async function reportAccountImport(
  line: CommandLine,
  database: Database,
  request: AccountImportRequest,
): Promise<void> {
  const file = readAccountFile(request.source);
  const outcome = await line.withProgress('Importing', (progress) =>
    importAccounts(database, {
      projectID: request.projectID,
      rows: file.accounts,
      badLines: file.badLines,
      clock: line.clock,
      random: line.random,
      actor: line.actor,
      source: { name: basename(request.name), sha256: () => file.sha256() },
      onProgress: ({ rows, phase }) =>
        progress(request.source.bytesRead, request.bytes, `${rows} rows, ${phase}`),
    }),
  );
  if (request.json) line.json(outcome);
  if (outcome.outcome === 'refused') refuseFile(line, outcome, request.json);
  if (!request.json) printReport(line, outcome.report);
}

function printReport(line: CommandLine, report: AccountImportReport): void {
  const { participants, providers } = report;
  line.say(`Imported ${report.accounts} external accounts.`);
  line.say(`Participants: ${participants.created} created, ${participants.found} found.`);
  line.say(`Providers: ${providers.created} created, ${providers.found} found.`);
  if (report.mappingCount === 0) return;
  line.say(`${report.mappingCount} could not keep what the file calls them:`);
  for (const { kind, wanted, given } of report.mappings.slice(0, printedMax))
    line.say(`  ${kind} ${wanted} is ${given} here`);
  if (report.mappingCount > printedMax) line.say('  … --json lists up to a thousand.');
}
