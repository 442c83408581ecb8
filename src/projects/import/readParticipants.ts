import { parseGuid } from '../../contract/scalars.ts';
import type { BadLines } from '../../platform/intake/badLines.ts';
import { isLonger, judgeText } from '../../platform/intake/judgeText.ts';
import { explainHeader } from '../../platform/intake/explainHeader.ts';
import { readCsv, type CsvRecord } from '../../platform/intake/readCsv.ts';
import { InputBroken } from '../../platform/intake/readText.ts';
import { judgeSign } from '../../platform/intake/signOfNothing.ts';

/** One participant of a file, validated. */
export interface WantedParticipant {
  /** Line of the file: how a mistake found later is named. */
  readonly line: number;
  readonly participantIdentifier: string;
  /** Lower case; null when the file has none. */
  readonly participantID: string | null;
}

const identifierColumn = 'ParticipantIdentifier';
const idColumn = 'ParticipantID';

/**
 * The participants of a CSV file; mistakes go to `badLines`, names of columns that are not read to
 * `ignoredColumns`. Ends early where the file cannot be read any further.
 */
export async function* readParticipants(
  text: AsyncIterable<string>,
  badLines: BadLines,
  ignoredColumns: string[],
): AsyncGenerator<WantedParticipant> {
  let header: readonly string[] | undefined;
  try {
    for await (const records of readCsv(text))
      for (const record of records) {
        if (header === undefined) {
          header = record.fields;
          if (!acceptHeader(record, badLines)) return;
          ignoredColumns.push(...header.filter((name) => name !== identifierColumn && name !== idColumn));
        } else {
          const participant = parseParticipant(record, header, badLines);
          if (participant !== undefined) yield participant;
        }
      }
    if (header === undefined) badLines.add(1, null, 'the file is empty');
  } catch (error) {
    if (!(error instanceof InputBroken)) throw error;
    badLines.add(error.line ?? 1, null, `${error.message}; the rest of the file was not read`);
  }
}

function acceptHeader({ line, fields, mistake }: CsvRecord, badLines: BadLines): boolean {
  const before = badLines.count;
  const foreign = explainHeader(fields, [identifierColumn, idColumn]);
  if (mistake !== undefined) badLines.add(line, null, `the header is not CSV: ${mistake.reason}`);
  else if (foreign !== undefined) badLines.add(line, null, foreign);
  // Not quoted: without a header the first line is somebody.
  else if (!fields.includes(identifierColumn)) badLines.add(line, identifierColumn, 'this column is missing');
  for (const name of [identifierColumn, idColumn])
    if (fields.indexOf(name) !== fields.lastIndexOf(name))
      badLines.add(line, name, 'this column is there twice');
  return badLines.count === before;
}

function parseParticipant(
  { line, fields, mistake }: CsvRecord,
  header: readonly string[],
  badLines: BadLines,
): WantedParticipant | undefined {
  const refuse = (column: string | null, reason: string): undefined => {
    badLines.add(line, column, reason);
  };
  if (mistake !== undefined) {
    refuse(header[mistake.field] ?? null, mistake.reason);
    return;
  }
  if (fields.length !== header.length) {
    refuse(null, `${fields.length} fields, but the header has ${header.length}`);
    return;
  }
  const participantIdentifier = fields[header.indexOf(identifierColumn)] ?? '';
  if (participantIdentifier === '') {
    refuse(identifierColumn, 'empty, but required');
    return;
  }
  const reason = judgeText(participantIdentifier) ?? judgeSign(participantIdentifier);
  if (reason !== undefined) {
    refuse(identifierColumn, reason);
    return;
  }
  if (isLonger(participantIdentifier, 200)) {
    refuse(identifierColumn, 'longer than 200 characters');
    return;
  }
  const id = fields[header.indexOf(idColumn)] ?? '';
  const participantID = id === '' ? null : parseGuid(id);
  if (participantID === undefined) {
    refuse(idColumn, judgeSign(id) ?? 'not a GUID');
    return;
  }
  return { line, participantIdentifier, participantID };
}
