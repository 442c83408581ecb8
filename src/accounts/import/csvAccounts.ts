import { dataScopesColumns } from '../../contract/exportedRow.ts';
import { excerpt, type BadLines } from '../../platform/intake/badLines.ts';
import { explainHeader } from '../../platform/intake/explainHeader.ts';
import { readCsv, type CsvRecord } from '../../platform/intake/readCsv.ts';
import type { ImportedAccount } from '../importedAccount.ts';
import { parseAccount, type AccountCells, type AccountColumn } from './parseAccount.ts';

/** Columns without which a row says nothing about an account; the others may be missing from a file. */
const required: readonly AccountColumn[] = [
  'ParticipantIdentifier',
  'Status',
  'LastRefreshDate',
  'ProviderName',
  'ProviderCategory',
  'ConnectionDate',
];

/**
 * The accounts of a CSV export in batches, columns in any order, named by the header of the specification's sample.
 *
 * A column that is unknown, missing or there twice ends the reading: a misspelt name would otherwise silently
 * empty its column in every account.
 */
export async function* readCsvAccounts(
  text: AsyncIterable<string>,
  badLines: BadLines,
): AsyncGenerator<ImportedAccount[]> {
  let header: readonly string[] | undefined;
  for await (const records of readCsv(text)) {
    const accounts: ImportedAccount[] = [];
    for (const record of records) {
      if (header === undefined) {
        header = record.fields;
        if (!acceptHeader(record, badLines)) return;
        continue;
      }
      const account = parseRecord(record, header, badLines);
      if (account !== undefined) accounts.push(account);
    }
    yield accounts;
  }
  if (header === undefined) badLines.add(1, null, 'the file is empty');
}

function parseRecord(
  { line, fields, mistake }: CsvRecord,
  header: readonly string[],
  badLines: BadLines,
): ImportedAccount | undefined {
  if (mistake !== undefined) badLines.add(line, header[mistake.field] ?? null, mistake.reason);
  else if (fields.length !== header.length)
    badLines.add(line, null, `${fields.length} fields, but the header has ${header.length}`);
  else return parseAccount(line, cellsOf(header, fields), badLines);
  return undefined;
}

function acceptHeader({ line, fields, mistake }: CsvRecord, badLines: BadLines): boolean {
  const before = badLines.count;
  const foreign = explainHeader(fields, dataScopesColumns);
  if (mistake !== undefined) badLines.add(line, null, `the header is not CSV: ${mistake.reason}`);
  else if (foreign !== undefined) badLines.add(line, null, foreign);
  else if (!fields.some(isKnown))
    // Not quoted: without a header the first line is somebody's account.
    badLines.add(
      line,
      null,
      `this is not the header of an export, which has ${dataScopesColumns.join(', ')}`,
    );
  else {
    const unknown = fields.filter((name) => !isKnown(name));
    for (const name of unknown.slice(0, 20))
      badLines.add(
        line,
        null,
        `unknown column ${excerpt(name)}; the export has ${dataScopesColumns.join(', ')}`,
      );
    for (const name of required)
      if (!fields.includes(name)) badLines.add(line, name, 'this column is missing');
    for (const name of dataScopesColumns)
      if (fields.indexOf(name) !== fields.lastIndexOf(name))
        badLines.add(line, name, 'this column is there twice');
  }
  return badLines.count === before;
}

function isKnown(name: string): boolean {
  return (dataScopesColumns as readonly string[]).includes(name);
}

const noCells = Object.fromEntries(dataScopesColumns.map((name) => [name, null])) as AccountCells;

function cellsOf(header: readonly string[], fields: readonly string[]): AccountCells {
  const cells: Record<string, string | null> = { ...noCells };
  for (let index = 0; index < header.length; index++) cells[header[index] ?? ''] = fields[index] ?? null;
  return cells as AccountCells;
}
