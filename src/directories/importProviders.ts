import { record } from '../audit/record.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { type Database, type Transaction } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import type {
  DirectoryDefinition,
  DirectoryEntry,
  DirectoryFile,
  DirectoryReading,
  NamedDirectoryFile,
} from './reading/defineDirectory.ts';
import type { NamedDefinition } from '../definitions/defineProvider.ts';
import { directoryFormats } from './directoryFormats.ts';
import { directoryMisnamed } from './errors.ts';
import { directoryOfFile, requireDirectoryName } from './reading/nameDirectory.ts';
import { createRecogniser } from './store/createRecogniser.ts';
import { storeEntries, type StoredEntries } from './store/storeEntries.ts';

export type { DirectoryFile };

/** The whole of one or more directories, in the files of one format. */
export interface ProviderImport {
  /** One of {@link directoryFormats}. */
  readonly format: string;
  readonly files: readonly DirectoryFile[];
  /** Name of the directory that the files are, where the format's files do not say it themselves. */
  readonly directory?: string;
  /** What this release can connect; says by which definition each organisation is connected. */
  readonly definitions: ReadonlyMap<string, NamedDefinition>;
  readonly clock: Clock;
  /** As in the audit trail: `command-line:USER`. */
  readonly actor: string;
  /** Whether a directory may list nothing any more, so that all its providers go; false when left out. */
  readonly allowEmpty?: boolean;
  /** Examples of each finding in the report; 5 when left out. */
  readonly examplesMax?: number;
  /** Called after each file that was read and when everything is stored. */
  readonly onProgress?: (progress: ProviderImportProgress) => void;
}

interface ProviderImportProgress {
  readonly filesRead: number;
  readonly files: number;
  readonly stored: boolean;
}

/** What an import found and did; printed as it is with `--json`. */
export interface ProviderImportReport extends Omit<DirectoryReading, 'entries'>, StoredEntries {
  /** Files that were read. */
  readonly files: number;
  readonly directories: readonly string[];
  /** Servers behind all entries. */
  readonly distinctEndpoints: number;
  /** The endpoint that most organisations share. */
  readonly mostShared: { readonly endpoint: string; readonly organisations: number } | null;
  /** Endpoints with more than one organisation, and how many organisations those are. */
  readonly shared: { readonly endpoints: number; readonly organisations: number };
}

/**
 * Brings the catalogue up to published directories, all files together or none.
 *
 * An organisation at an endpoint keeps its number for ever: the same directories again change nothing, another
 * spelling of the name or another address updates the row. A directory that comes again is complete: providers
 * that it no longer lists, and no other directory either, are retired and no longer found, but keep their row,
 * because accounts hang on it; they return when a directory lists them again. What a directory no longer says of
 * a provider (postal code, successor, managing organization) stays. The category and an operator's own decision
 * (`enabled`, `message`) are never touched. Imports wait for each other.
 *
 * @throws {DomainError} `directory-unreadable`, naming the file; `directory-misnamed`; `directory-empty`. Nothing
 *   is stored
 */
export async function importProviders(
  database: Database,
  options: ProviderImport,
): Promise<ProviderImportReport> {
  const { onProgress, definitions } = options;
  const format = directoryFormats.get(options.format);
  if (format === undefined) throw new Error(`There is no format of directories named ${options.format}`);
  const files = nameFiles(options, format);
  let filesRead = 0;
  const { entries, ...reading } = await format.read(files, {
    examplesMax: options.examplesMax ?? 5,
    onFileRead: () => onProgress?.({ filesRead: ++filesRead, files: files.length, stored: false }),
  });
  const directories = [...new Set(files.map(({ directory }) => directory))].sort();
  const stored = await database.transaction(async (transaction) => {
    const outcome = await storeEntries(transaction, {
      format: options.format,
      directories,
      entries,
      recogniser: createRecogniser(definitions),
      allowEmpty: options.allowEmpty ?? false,
      now: options.clock.now(),
    });
    await recordImport(transaction, options, reading, outcome);
    return outcome;
  }, 'bulk');
  onProgress?.({ filesRead, files: files.length, stored: true });
  return { files: files.length, directories, ...stored, ...countEndpoints(entries), ...reading };
}

function nameFiles(
  { format, files, directory }: ProviderImport,
  definition: DirectoryDefinition,
): NamedDirectoryFile[] {
  if (directory !== undefined && definition.nameDirectory !== undefined)
    throw new DomainError(
      directoryMisnamed,
      `Files of the format ${format} say themselves to which directory they belong; leave the name out.`,
    );
  return files.map((file) => ({
    ...file,
    directory: requireDirectoryName(
      definition.nameDirectory?.(file.name) ?? directory ?? directoryOfFile(format, file.name),
    ),
  }));
}

function recordImport(
  transaction: Transaction,
  { format, files, actor, clock }: ProviderImport,
  reading: Omit<DirectoryReading, 'entries'>,
  { added, changed, unchanged, retired, returned }: StoredEntries,
): Promise<void> {
  return record(transaction, {
    actor,
    action: 'providers.imported',
    details: {
      source: format,
      files: files.length,
      entriesRead: reading.entriesRead,
      entriesSkipped: reading.skipped.reduce((sum, { entries }) => sum + entries, 0),
      added,
      changed,
      unchanged,
      retired,
      returned,
    },
    occurredAt: clock.now(),
  });
}

function countEndpoints(
  entries: readonly DirectoryEntry[],
): Pick<ProviderImportReport, 'distinctEndpoints' | 'mostShared' | 'shared'> {
  const organisations = new Map<string, number>();
  for (const { endpoint } of entries) organisations.set(endpoint, (organisations.get(endpoint) ?? 0) + 1);
  let mostShared: ProviderImportReport['mostShared'] = null;
  const shared = { endpoints: 0, organisations: 0 };
  for (const [endpoint, count] of organisations) {
    if (count < 2) continue;
    shared.endpoints++;
    shared.organisations += count;
    if (count > (mostShared?.organisations ?? 0)) mostShared = { endpoint, organisations: count };
  }
  return { distinctEndpoints: organisations.size, mostShared, shared };
}
