import { record } from '../audit/record.ts';
import { type Database, type Transaction } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { readLantern, type LanternReading, type ProviderCandidate } from './lantern.ts';
import { readDirectoryFile, type DirectoryFile } from './lantern/readDirectoryFile.ts';
import { storeCandidates, type StoredCandidates } from './store/storeCandidates.ts';

export type { DirectoryFile };

export interface ProviderImport {
  readonly files: readonly DirectoryFile[];
  readonly clock: Clock;
  /** As in the audit trail: `command-line:USER`. */
  readonly actor: string;
  /** Examples of each finding in the report; 5 when left out. */
  readonly examplesMax?: number;
  /** Called after each file that was read and when everything is stored. */
  readonly onProgress?: (progress: ProviderImportProgress) => void;
}

export interface ProviderImportProgress {
  readonly filesRead: number;
  readonly files: number;
  readonly stored: boolean;
}

/** What an import found and did; printed as it is with `--json`. */
export interface ProviderImportReport extends Omit<LanternReading, 'candidates'>, StoredCandidates {
  readonly files: number;
  readonly distinctEndpoints: number;
  /** The endpoint that most organisations share. */
  readonly mostShared: { readonly endpoint: string; readonly organisations: number } | null;
}

/**
 * Brings the catalogue up to provider directories of the Lantern project, all files together or none.
 *
 * An organisation at an endpoint keeps its number for ever: the same directories again change nothing, another
 * spelling of the name or another postal code updates the row. What a directory no longer lists stays, because
 * accounts may hang on it, and so does what it no longer says (postal code, successor). The category and whether
 * a provider is enabled are never touched. Imports wait for each other. Give all files of a vendor together: a
 * successor is looked for among the files of one import.
 *
 * @throws {DomainError} `directory-unreadable`, naming the file; nothing is stored
 */
export async function importProviders(
  database: Database,
  options: ProviderImport,
): Promise<ProviderImportReport> {
  const { files, onProgress } = options;
  const parsed: { name: string; content: unknown }[] = [];
  for (const file of files) {
    parsed.push({ name: file.name, content: await readDirectoryFile(file) });
    onProgress?.({ filesRead: parsed.length, files: files.length, stored: false });
  }
  const { candidates, ...reading } = readLantern(parsed, options.examplesMax);
  const stored = await database.transaction(async (transaction) => {
    const outcome = await storeCandidates(transaction, candidates);
    await recordImport(transaction, options, reading, outcome);
    return outcome;
  });
  onProgress?.({ filesRead: files.length, files: files.length, stored: true });
  return { files: files.length, ...stored, ...countEndpoints(candidates), ...reading };
}

function recordImport(
  transaction: Transaction,
  { files, actor, clock }: ProviderImport,
  reading: Omit<LanternReading, 'candidates'>,
  { added, changed, unchanged }: StoredCandidates,
): Promise<void> {
  return record(transaction, {
    actor,
    action: 'providers.imported',
    details: {
      source: 'lantern',
      files: files.length,
      entriesRead: reading.entriesRead,
      entriesSkipped: reading.skipped.reduce((sum, { entries }) => sum + entries, 0),
      added,
      changed,
      unchanged,
    },
    occurredAt: clock.now(),
  });
}

function countEndpoints(
  candidates: readonly ProviderCandidate[],
): Pick<ProviderImportReport, 'distinctEndpoints' | 'mostShared'> {
  const organisations = new Map<string, number>();
  for (const { endpoint } of candidates) organisations.set(endpoint, (organisations.get(endpoint) ?? 0) + 1);
  let mostShared: ProviderImportReport['mostShared'] = null;
  for (const [endpoint, count] of organisations)
    if (count > (mostShared?.organisations ?? 0)) mostShared = { endpoint, organisations: count };
  return { distinctEndpoints: organisations.size, mostShared };
}
