import { printable } from '../../platform/http/parseQuery.ts';
import { BadLines, excerpt } from '../../platform/intake/badLines.ts';
import { explainHeader } from '../../platform/intake/explainHeader.ts';
import { readCsv, type CsvRecord } from '../../platform/intake/readCsv.ts';
import { judgeSign } from '../../platform/intake/signOfNothing.ts';
import type { NamedDirectoryFile } from '../reading/defineDirectory.ts';
import { cleanName, compareForm, cutText, identifierLengthMax } from '../reading/cleanName.ts';
import { cleanAddress, cleanNames, type EntryCollector } from '../reading/collectEntries.ts';
import { describeAddress } from '../reading/describeAddress.ts';
import { parseFhirVersion } from '../reading/fhirVersion.ts';
import { normaliseEndpoint } from '../reading/normaliseEndpoint.ts';
import { directoryProblem } from '../reading/readDirectoryFile.ts';
import { refuseBadLines } from '../reading/refuseBadLines.ts';

const required = ['name', 'endpoint'] as const;
const optional = [
  ...(['category', 'fhirVersion', 'aliases', 'keywords', 'city', 'state', 'postalCode'] as const),
  ...(['managingOrganization', 'identifier', 'publisher'] as const),
];
type Column = (typeof required)[number] | (typeof optional)[number];
const columns: readonly Column[] = [...required, ...optional];

/** A record by column; a column that the file does not have is empty. */
type Values = Readonly<Record<Column, string>>;

const categories = new Map([
  ['', 'Provider'],
  ['provider', 'Provider'],
  ['health plan', 'Health Plan'],
] as const);

/**
 * Adds what a CSV file lists. The first line names the columns, in any order and letter case.
 *
 * @throws {DomainError} `directory-unreadable`, naming line, column and reason of the first mistakes
 */
export async function readCsvEntries(
  file: NamedDirectoryFile,
  text: AsyncIterable<string>,
  collector: EntryCollector,
): Promise<void> {
  const badLines = new BadLines();
  let header: readonly Column[] | undefined;
  for await (const batch of readCsv(text))
    for (const record of batch) {
      if (header === undefined) {
        header = readHeader(file, record);
        continue;
      }
      const values = readValues(record, header, badLines);
      if (values !== undefined) addEntry(file, { line: record.line, values, badLines }, collector);
    }
  if (header === undefined) throw directoryProblem(file.name, 'the file is empty; it needs a header');
  refuseBadLines(file.name, badLines);
}

function readHeader(file: NamedDirectoryFile, { fields, mistake }: CsvRecord): Column[] {
  if (mistake !== undefined) throw directoryProblem(file.name, `the header is broken: ${mistake.reason}`);
  // Any letter case will do here.
  const named = (field: string) => columns.find((name) => name.toLowerCase() === field.trim().toLowerCase());
  const foreign = explainHeader(
    fields.map((field) => named(field) ?? field),
    columns,
  );
  if (foreign !== undefined) throw directoryProblem(file.name, foreign);
  const header = fields.map((field) => {
    const column = named(field);
    if (column !== undefined) return column;
    const known = columns.join(', ');
    throw directoryProblem(file.name, `there is no column "${printable(field)}"; the columns are: ${known}`);
  });
  const repeated = header.find((column, index) => header.indexOf(column) !== index);
  if (repeated !== undefined) throw directoryProblem(file.name, `the column ${repeated} is there twice`);
  const missing = required.find((column) => !header.includes(column));
  if (missing !== undefined) throw directoryProblem(file.name, `the column ${missing} is missing`);
  return header;
}

function readValues(
  { line, fields, mistake }: CsvRecord,
  header: readonly Column[],
  badLines: BadLines,
): Values | undefined {
  if (mistake !== undefined) {
    badLines.add(line, header[mistake.field] ?? null, mistake.reason);
    return undefined;
  }
  if (fields.length !== header.length) {
    badLines.add(line, null, `${fields.length} fields; the header has ${header.length}`);
    return undefined;
  }
  const signed = fields.findIndex((field) => judgeSign(field.trim()) !== undefined);
  if (signed !== -1) {
    badLines.add(line, header[signed] ?? null, judgeSign(fields[signed]?.trim() ?? '') ?? '');
    return undefined;
  }
  const empty = Object.fromEntries(columns.map((column) => [column, '']));
  return {
    ...empty,
    ...Object.fromEntries(header.map((column, index) => [column, fields[index]])),
  } as Values;
}

interface Line {
  readonly line: number;
  readonly values: Values;
  readonly badLines: BadLines;
}

function addEntry(
  file: NamedDirectoryFile,
  { line, values, badLines }: Line,
  collector: EntryCollector,
): void {
  const category = categories.get(values.category.trim().toLowerCase() as 'provider');
  if (category === undefined)
    badLines.add(line, 'category', `${excerpt(values.category)} is neither Provider nor Health Plan`);
  const fhirVersion = parseFhirVersion(values.fhirVersion);
  if (fhirVersion === undefined)
    badLines.add(line, 'fhirVersion', `${excerpt(values.fhirVersion)} is none of DSTU2, STU3, R4`);
  if (category === undefined || fhirVersion === undefined) return;
  const place = () =>
    `${printable(file.name)}, line ${line}: ${describeAddress(values.endpoint)} (${printable(values.name)})`;
  const name = cleanName(values.name);
  if (!/\p{L}/u.test(name)) {
    collector.skip('no-name', place);
    return;
  }
  const reading = normaliseEndpoint(values.endpoint);
  if ('refusal' in reading) {
    collector.skip(reading.refusal, place);
    return;
  }
  const address = cleanAddress(values);
  const identifier = cutText(cleanName(values.identifier), identifierLengthMax);
  const publisher = cleanName(values.publisher);
  collector.add({
    // An identifier is the list's own; a name is the organisation's wherever it is listed.
    identity: identifier === '' ? compareForm(name) : `${file.directory}#${identifier}`,
    directory: file.directory,
    name,
    category,
    ...reading,
    fhirVersion,
    aliases: cleanNames(values.aliases.split(';'), name),
    keywords: cleanNames(values.keywords.split(';')),
    addresses: address === undefined ? [] : [address],
    managingOrganization: cleanName(values.managingOrganization) || null,
    publisher: publisher === '' ? null : publisher,
  });
}
