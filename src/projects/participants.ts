import type { Readable } from 'node:stream';
import { record } from '../audit/record.ts';
import { BadLines, badLinesKept, type BadLine } from '../platform/intake/badLines.ts';
import { readText } from '../platform/intake/readText.ts';
import type { Random } from '../platform/random/random.ts';
import { copyChunks, copyText } from '../platform/storage/copyText.ts';
import {
  empty,
  raw,
  sql,
  type Database,
  type Queryable,
  type Transaction,
} from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { readParticipants, type WantedParticipant } from './import/readParticipants.ts';
import { requireProject } from './projects.ts';
import { createWantedParticipants, storeParticipants } from './storeParticipants.ts';

/** A participant as the register has her. */
export interface ListedParticipant {
  readonly participantID: string;
  readonly participantIdentifier: string;
  /** UTC with `Z`. */
  readonly insertedAt: string;
}

/** The first participants of a project in the order of its identifiers, and whether there are others. */
export async function listParticipants(
  database: Queryable,
  wanted: { readonly projectID: string; readonly identifier?: string; readonly limit: number },
): Promise<{ readonly found: ListedParticipant[]; readonly isMore: boolean }> {
  const { projectID, identifier, limit } = wanted;
  const one = identifier === undefined ? empty : sql`and participant_identifier = ${identifier}`;
  const rows = await database.query<Omit<ListedParticipant, 'insertedAt'> & { insertedAt: Date }>(sql`
    select participant_id as "participantID", participant_identifier as "participantIdentifier",
           inserted_at as "insertedAt"
      from participants where project_id = ${projectID} ${one}
     order by participant_identifier limit ${limit + 1}`);
  const found = rows.slice(0, limit).map((row) => ({ ...row, insertedAt: row.insertedAt.toISOString() }));
  return { found, isMore: rows.length > limit };
}

/** A file of participants and the project that it goes into. */
export interface ParticipantImport {
  readonly projectID: string;
  /** CSV, plain or gzip: `ParticipantIdentifier`, optionally `ParticipantID`; AllParticipants exports fit. */
  readonly source: Readable;
  /** For the audit row of the import. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  /** As in the audit trail: `command-line:USER`. */
  readonly actor: string;
  /** Called every 10,000 rows. */
  readonly onProgress?: (rows: number) => void;
}

/** A participant that could not get the GUID of the file, or had another one already. */
export interface ParticipantMapping {
  readonly wanted: string;
  readonly given: string;
}

/** What an import of participants did. `created` and `found` add up to the participants of the file. */
export interface ParticipantImportReport {
  /** New to the project. */
  readonly created: number;
  /** Known before, by their identifier. */
  readonly found: number;
  /** Columns of the file that are not kept here. */
  readonly ignoredColumns: readonly string[];
  /** The first thousand. */
  readonly mappings: readonly ParticipantMapping[];
  /** Of all mappings, also those that are not listed. */
  readonly mappingCount: number;
}

/** Either all participants are there or nothing happened. */
export type ParticipantImportOutcome =
  | { readonly outcome: 'imported'; readonly report: ParticipantImportReport }
  | { readonly outcome: 'refused'; readonly badLines: readonly BadLine[]; readonly badLineCount: number };

/**
 * Brings participants into a project, all or nothing, in one transaction with its audit row.
 *
 * A participant whose identifier the project has already is found and not changed, so the same file twice changes
 * nothing. A ParticipantID that is free is kept; otherwise a new one is made and reported.
 *
 * @throws {DomainError} `no-such-project`. Failures of the stream are passed on; nothing is stored.
 */
export async function importParticipants(
  database: Database,
  options: ParticipantImport,
): Promise<ParticipantImportOutcome> {
  await requireProject(database, options.projectID);
  const badLines = new BadLines();
  try {
    const report = await database.transaction(
      (transaction) => importIn(transaction, options, badLines),
      'bulk',
    );
    return { outcome: 'imported', report };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { outcome: 'refused', badLines: badLines.list(), badLineCount: badLines.count };
  }
}

/** Ends the transaction of an import whose file has mistakes. */
class Refused extends Error {}

async function importIn(
  transaction: Transaction,
  options: ParticipantImport,
  badLines: BadLines,
): Promise<ParticipantImportReport> {
  const { projectID, actor, random } = options;
  const { text, sha256 } = readText(options.source);
  const ignoredColumns: string[] = [];
  await stage(transaction, readParticipants(text, badLines, ignoredColumns), options.onProgress);
  await findRepeated(transaction, 'participant_identifier', 'ParticipantIdentifier', badLines);
  await findRepeated(transaction, 'participant_id', 'ParticipantID', badLines);
  if (badLines.count > 0) throw new Refused();

  await createWantedParticipants(transaction);
  await transaction.query(sql`
    insert into wanted_participants select participant_identifier, participant_id from participant_rows`);
  await transaction.query(sql`analyze wanted_participants`);
  const now = options.clock.now();
  const { created, found } = await storeParticipants(transaction, { projectID, now, random });
  const mapped = await listMappings(transaction, projectID);
  await record(transaction, {
    projectID,
    actor,
    action: 'participants.imported',
    details: { source: options.name, sha256: sha256(), created, found, mapped: mapped.mappingCount },
    occurredAt: now,
  });
  return { created, found, ignoredColumns, ...mapped };
}

async function stage(
  transaction: Transaction,
  participants: AsyncIterable<WantedParticipant>,
  onProgress: ParticipantImport['onProgress'],
): Promise<void> {
  await transaction.query(sql`
    create temporary table participant_rows (
      line integer not null,
      participant_identifier text not null,
      participant_id uuid
    ) on commit drop`);
  let rows = 0;
  const chunks = copyChunks(participants, ({ line, participantIdentifier, participantID }) => {
    if (++rows % 10_000 === 0) onProgress?.(rows);
    return `${line}\t${copyText(participantIdentifier)}\t${copyText(participantID)}\n`;
  });
  await transaction.copyIn('copy participant_rows from stdin', chunks);
  await transaction.query(sql`analyze participant_rows`);
}

async function findRepeated(
  transaction: Transaction,
  column: string,
  name: string,
  badLines: BadLines,
): Promise<void> {
  const found = await transaction.query<{ line: number; first: number; total: number }>(
    raw(`select line, first, count(*) over ()::integer as total
           from (select line, min(line) over (partition by ${column}) as first
                   from participant_rows where ${column} is not null) found
          where first < line order by line limit ${badLinesKept}`),
  );
  for (const { line, first } of found) badLines.add(line, name, `the same ${name} as in line ${first}`);
  badLines.addUnlisted((found[0]?.total ?? 0) - found.length);
}

async function listMappings(
  transaction: Transaction,
  projectID: string,
): Promise<Pick<ParticipantImportReport, 'mappings' | 'mappingCount'>> {
  const rows = await transaction.query<ParticipantMapping & { total: number }>(sql`
    select wanted.wanted_id as wanted, person.participant_id as given, count(*) over ()::integer as total
      from wanted_participants wanted
      join participants person
        on person.project_id = ${projectID} and person.participant_identifier = wanted.participant_identifier
     where person.participant_id <> wanted.wanted_id
     order by wanted.wanted_id limit 1000`);
  return {
    mappings: rows.map(({ wanted, given }) => ({ wanted, given })),
    mappingCount: rows[0]?.total ?? 0,
  };
}
