import type { ProviderCategory } from '../../contract/provider.ts';
import type { FhirVersion } from '../../definitions/shape/delivery.ts';
import type { DirectoryFile } from './readDirectoryFile.ts';
import type { SkipReason } from './skipReasons.ts';
import type { Tally } from './tally.ts';

export type { DirectoryFile };

/** A form in which directories of organisations are published. Its file lies in `formats/`. */
export interface DirectoryDefinition {
  /** What it is and who publishes it, in a few words, for the command line's help. */
  readonly title: string;
  /**
   * The directory that a file belongs to, where file names say it; whoever imports cannot name it then. Left out:
   * `FORMAT:` and the file's name without its endings.
   */
  readonly nameDirectory?: (fileName: string) => string;
  /**
   * Reads all files of an import: what one says may refer to another.
   *
   * @throws {DomainError} `directory-unreadable`, naming the file, when any part of it cannot be read: what is
   *   not read would be taken for no longer listed
   */
  readonly read: (
    files: readonly NamedDirectoryFile[],
    options: DirectoryReadingOptions,
  ) => Promise<DirectoryReading>;
}

/** A file with the directory that it belongs to. */
export interface NamedDirectoryFile extends DirectoryFile {
  readonly directory: string;
}

interface DirectoryReadingOptions {
  /** Examples of each finding at the most. */
  readonly examplesMax: number;
  /** To be called after each file. */
  readonly onFileRead: () => void;
}

/** Declares a format of directories; it is known by the name of its file. */
export function defineDirectory(definition: DirectoryDefinition): DirectoryDefinition {
  return Object.freeze(definition);
}

/** Where an organisation is; null for what the directory does not say. */
export interface Address {
  readonly city: string | null;
  /** As the directory writes it: a code or a name. */
  readonly state: string | null;
  readonly postalCode: string | null;
}

/** An organisation at an endpoint, fit to become a provider. All text is clean and bounded. */
export interface DirectoryEntry {
  /** `ENDPOINT|what identifies the organisation there`: makes it the same one in the next import. */
  readonly sourceKey: string;
  readonly name: string;
  readonly category: Extract<ProviderCategory, 'Provider' | 'Health Plan'>;
  /** In its one spelling. */
  readonly endpoint: string;
  /** The same address as the directory spells it; of several, the first one. */
  readonly published: string;
  /** Null when neither the directory nor the address says it. */
  readonly fhirVersion: FhirVersion | null;
  /** Other names of the organisation. */
  readonly aliases: readonly string[];
  /** Words by which it may be looked for that are no names of it: its portal's, its parent's. */
  readonly keywords: readonly string[];
  readonly addresses: readonly Address[];
  /** The organisation that this one is part of. */
  readonly managingOrganization: string | null;
  /** What vendors' `recognises.publishers` are compared with. */
  readonly publisher: string | null;
  /** Source key of the R4 entry of the same reading that this DSTU2 or STU3 entry gives way to. */
  readonly successorKey: string | null;
  /** The directories that list it. */
  readonly directories: readonly string[];
}

/** How often entries were of no use for one reason, with examples. */
export interface SkippedEntries extends Tally {
  readonly reason: SkipReason;
  readonly meaning: string;
}

/** What directories hold, and what was done to it. Entries read are used, merged or skipped: each is counted once. */
export interface DirectoryReading {
  /** Each source key once. */
  readonly entries: readonly DirectoryEntry[];
  /** Organisations at endpoints that the files list, usable or not. */
  readonly entriesRead: number;
  /** Entries that repeat an organisation at an endpoint. */
  readonly duplicatesMerged: number;
  /** The most frequent first; reasons that did not occur are left out. */
  readonly skipped: readonly SkippedEntries[];
  /** Entries whose directory gave no name, or only a number. */
  readonly namesDerived: Tally;
  /** Postal codes that are none of the United States; the entry is kept without it. */
  readonly postalCodesIgnored: Tally;
  /** Older versions whose successor is known. */
  readonly successorsLinked: number;
  /** Older versions with several possible successors: not linked. */
  readonly successorsAmbiguous: Tally;
  /** Older versions of organisations that have no R4 endpoint in these files. */
  readonly successorsMissing: Tally;
  /** Logos that organisations bring along or point to. They are counted and not taken. */
  readonly logos: { readonly embedded: number; readonly linked: number };
}
