import { record } from '../audit/record.ts';
import { numberingLock } from '../catalogue/lockCatalogue.ts';
import { keptNumberMax } from '../catalogue/storeProviders.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import type { BadLine, BadLines } from '../platform/intake/badLines.ts';
import type { Random } from '../platform/random/random.ts';
import { takeLock } from '../platform/storage/advisoryLock.ts';
import { sql, violatedConstraint, type Database, type Transaction } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { requireProject } from '../projects/projects.ts';
import { importCollided } from './errors.ts';
import type { ImportedAccount } from './importedAccount.ts';
import { checkRows } from './import/checkRows.ts';
import { listMappings, type ImportMapping } from './import/listMappings.ts';
import { stageAccounts } from './import/stageAccounts.ts';
import { storeRows } from './import/storeRows.ts';

export type { ImportMapping };

/** The accounts of an export file, from wherever they are read, and the project that gets them. */
export interface AccountImport {
  readonly projectID: string;
  /** Read once, inside the transaction; may be of any length. */
  readonly rows: AsyncIterable<ImportedAccount>;
  /** Filled by whoever reads `rows` while they are read; mistakes found here are added. */
  readonly badLines: BadLines;
  readonly clock: Clock;
  readonly random: Random;
  /** As in the audit trail: `command-line:USER`. */
  readonly actor: string;
  /** For the audit row of the import. The digest is asked for after the last row. */
  readonly source: { readonly name: string; readonly sha256?: () => string };
  readonly onProgress?: (progress: AccountImportProgress) => void;
}

/** Reading is most of the time for a small import, half of it for a large one. */
export interface AccountImportProgress {
  readonly phase: 'reading' | 'checking' | 'storing';
  /** Rows read so far. */
  readonly rows: number;
}

/** What an import did. Names no participant but by GUID. */
export interface AccountImportReport {
  /** Stored by this import. */
  readonly accounts: number;
  readonly participants: { readonly created: number; readonly found: number };
  readonly providers: { readonly created: number; readonly found: number };
  /** The first thousand, providers and participants before accounts. */
  readonly mappings: readonly ImportMapping[];
  /** Of all mappings, also those that are not listed. */
  readonly mappingCount: number;
}

/** Either all accounts are there or nothing happened. */
export type AccountImportOutcome =
  | { readonly outcome: 'imported'; readonly report: AccountImportReport }
  | {
      readonly outcome: 'refused';
      /** What `line` of the mistakes counts. */
      readonly unit: BadLines['unit'];
      /** The first thousand mistakes, in the order of the file. */
      readonly badLines: readonly BadLine[];
      /** Of all mistakes, also those that are not listed. */
      readonly badLineCount: number;
    };

/**
 * Brings the accounts of an export into a project, all or nothing, in one transaction.
 *
 * Accounts, participants and providers keep what the file calls them (ExternalAccountID, ParticipantID,
 * ProviderID) where that is free; what cannot keep it is mapped and reported. A number that an account had once,
 * even a deleted one, is not free. A participant who already has an account with the provider is a mistake of
 * the file, so the same file twice changes nothing. Afterwards no sequence can come upon a number that was kept.
 *
 * Memory here does not depend on the number of rows. Others may read and write meanwhile; only while the first
 * large study of an installation is stored do readers of the nearly empty register wait, about half a minute for
 * a million rows.
 *
 * @throws {DomainError} `no-such-project`; `import-collided` when somebody made one of the same connections at
 *   the same moment. Failures of `rows` are passed on. Nothing is stored in any of these cases.
 */
export async function importAccounts(
  database: Database,
  options: AccountImport,
): Promise<AccountImportOutcome> {
  const { projectID, badLines } = options;
  await requireProject(database, projectID);
  try {
    const report = await database.transaction((transaction) => importIn(transaction, options), 'bulk');
    return { outcome: 'imported', report };
  } catch (error) {
    if (error instanceof Refused)
      return {
        outcome: 'refused',
        unit: badLines.unit,
        badLines: badLines.list(),
        badLineCount: badLines.count,
      };
    if (violatedConstraint(error) === undefined && (error as { code?: string }).code !== deadlockDetected)
      throw error;
    throw new DomainError(
      importCollided,
      'An account, participant or provider of the file was added by somebody else while the import ran.',
    );
  }
}

/** Ends the transaction of an import whose file has mistakes. */
class Refused extends Error {}

const deadlockDetected = '40P01';

async function importIn(transaction: Transaction, options: AccountImport): Promise<AccountImportReport> {
  const { projectID, badLines, actor, onProgress } = options;
  // Sorting and hashing a million rows is what this transaction is for.
  await transaction.query(sql`set local work_mem = '64MB'`);
  await transaction.query(sql`set local jit = off`);
  const staged = await stageAccounts(transaction, options.rows, badLines, keptNumberMax, (read) =>
    onProgress?.({ phase: 'reading', rows: read }),
  );
  const { rows } = staged;
  // Imports wait for each other here, so that two never decide about the same numbers.
  await takeLock(transaction, numberingLock);
  onProgress?.({ phase: 'checking', rows });
  await checkRows(transaction, projectID, badLines);
  if (badLines.count > 0) throw new Refused();
  onProgress?.({ phase: 'storing', rows });
  const now = options.clock.now();
  const { random } = options;
  const { participants, providers } = await storeRows(transaction, { projectID, staged, actor, now, random });
  const { created, found, asWanted } = participants;
  const mapped = await listMappings(transaction, projectID, asWanted);
  const report = { accounts: rows, participants: { created, found }, providers, ...mapped };
  await recordImport(transaction, options, report, now);
  return report;
}

async function recordImport(
  transaction: Transaction,
  { projectID, actor, source }: AccountImport,
  { accounts, participants, providers, mappingCount }: AccountImportReport,
  now: number,
): Promise<void> {
  await record(transaction, {
    projectID,
    actor,
    action: 'external-accounts.imported',
    details: {
      source: source.name,
      sha256: source.sha256?.() ?? null,
      accounts,
      participantsCreated: participants.created,
      participantsFound: participants.found,
      providersCreated: providers.created,
      providersFound: providers.found,
      mapped: mappingCount,
    },
    occurredAt: now,
  });
}
