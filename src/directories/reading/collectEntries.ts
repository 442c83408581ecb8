import { DomainError } from '../../platform/errors/domainError.ts';
import type { Address, DirectoryEntry, DirectoryReading, SkippedEntries } from './defineDirectory.ts';
import { directoryUnreadable } from '../errors.ts';
import { cleanName, compareForm } from './cleanName.ts';
import { linkSuccessors } from './linkSuccessors.ts';
import { skipReasons, type SkipReason } from './skipReasons.ts';
import { createCounter, type Counter } from './tally.ts';

/** An entry before it is known what else the directories say of it. */
export interface DraftEntry extends Omit<DirectoryEntry, 'sourceKey' | 'successorKey' | 'directories'> {
  /** What identifies the organisation at its endpoint: an identifier or its name. */
  readonly identity: string;
  readonly directory: string;
}

interface MergedEntry extends Omit<DirectoryEntry, 'successorKey'> {
  readonly identity: string;
  readonly directories: string[];
}

/** Aliases or keywords of one organisation beyond this many are left out, and addresses as well. */
const listedMax = 100;

/** Of one import; a file of 256 MB can say, with facilities and endpoints of their group, a hundred times more. */
const entriesReadMax = 1_000_000;

/**
 * Entries of directories that name each organisation by an identity: brings together what several entries say of
 * one, counts what was skipped, and finds successors at the end.
 *
 * The first entry of an organisation stands. Another name becomes an alias, other addresses are added.
 */
export class EntryCollector {
  readonly #examplesMax: number;
  readonly #readMax: number;
  readonly #merged = new Map<string, MergedEntry>();
  readonly #skipped = new Map<SkipReason, Counter>();
  #entriesRead = 0;
  #duplicates = 0;

  constructor(examplesMax: number, readMax = entriesReadMax) {
    this.#examplesMax = examplesMax;
    this.#readMax = readMax;
  }

  /** Counts an entry that is of no use; `place` says for the report where it is. */
  skip(reason: SkipReason, place: () => string): void {
    this.#count();
    const counter = this.#skipped.get(reason) ?? createCounter(this.#examplesMax);
    this.#skipped.set(reason, counter.add(place));
  }

  add(draft: DraftEntry): void {
    this.#count();
    const { identity, directory, ...entry } = draft;
    const sourceKey = `${entry.endpoint}|${identity}`;
    const present = this.#merged.get(sourceKey);
    if (present === undefined)
      this.#merged.set(sourceKey, { ...entry, sourceKey, identity, directories: [directory] });
    else {
      this.#duplicates++;
      this.#merged.set(sourceKey, merge(present, draft));
    }
  }

  /** @throws {DomainError} `directory-unreadable` when there are too many to hold in memory */
  #count(): void {
    if (++this.#entriesRead <= this.#readMax) return;
    const most = this.#readMax.toLocaleString('en');
    throw new DomainError(
      directoryUnreadable,
      `The files list more than ${most} organisations at endpoints; import them one by one.`,
    );
  }

  finish(logos: DirectoryReading['logos'] = { embedded: 0, linked: 0 }): DirectoryReading {
    const none = createCounter(0).total();
    return {
      ...link([...this.#merged.values()], this.#examplesMax),
      entriesRead: this.#entriesRead,
      duplicatesMerged: this.#duplicates,
      skipped: rankSkipped(this.#skipped),
      namesDerived: none,
      postalCodesIgnored: none,
      logos,
    };
  }
}

/** The most frequent reason first. */
export function rankSkipped(skipped: ReadonlyMap<SkipReason, Counter>): SkippedEntries[] {
  return [...skipped]
    .map(([reason, counter]) => ({ reason, meaning: skipReasons[reason], ...counter.total() }))
    .sort((left, right) => right.entries - left.entries || (left.reason < right.reason ? -1 : 1));
}

/** Names as they are kept: clean, each once however it is spelt, none of them `name`, at most a hundred. */
export function cleanNames(texts: Iterable<string>, name = ''): string[] {
  const kept = new Map<string, string>();
  for (const text of texts) {
    if (kept.size === listedMax) break;
    const clean = cleanName(text);
    const form = compareForm(clean);
    if (clean !== '' && form !== compareForm(name) && !kept.has(form)) kept.set(form, clean);
  }
  return [...kept.values()];
}

/** An address of clean text, or undefined when nothing is left of it. */
export function cleanAddress(given: Readonly<Record<keyof Address, string>>): Address | undefined {
  const part = (text: string, lengthMax: number) => {
    const clean = cleanName(text);
    return clean === '' || clean.length > lengthMax ? null : clean;
  };
  const address = {
    city: part(given.city, 100),
    state: part(given.state, 100),
    postalCode: part(given.postalCode, 20),
  };
  return address.city === null && address.state === null && address.postalCode === null ? undefined : address;
}

function merge(present: MergedEntry, added: DraftEntry): MergedEntry {
  const { aliases, keywords, addresses, directories } = present;
  const known = new Set(addresses.map(addressKey));
  const news = added.addresses.filter((address) => !known.has(addressKey(address)));
  return {
    ...present,
    aliases: cleanNames([...aliases, added.name, ...added.aliases], present.name),
    keywords: cleanNames([...keywords, ...added.keywords]),
    addresses: [...addresses, ...news].slice(0, listedMax),
    managingOrganization: present.managingOrganization ?? added.managingOrganization,
    fhirVersion: present.fhirVersion ?? added.fhirVersion,
    directories: directories.includes(added.directory) ? directories : [...directories, added.directory],
  };
}

function addressKey({ city, state, postalCode }: Address): string {
  return [city, state, postalCode].join('\n').toLowerCase();
}

function link(merged: readonly MergedEntry[], examplesMax: number) {
  const linkable = merged.map((entry) => ({
    ...entry,
    entry,
    family: entry.directories[0] ?? '',
    comparedName: entry.identity,
    postalCode: entry.addresses[0]?.postalCode ?? null,
  }));
  const findings = linkSuccessors(linkable);
  const ambiguous = createCounter(examplesMax);
  const missing = createCounter(examplesMax);
  let successorsLinked = 0;
  const entries = linkable.map((linked): DirectoryEntry => {
    const finding = findings.get(linked);
    const { identity: _, ...entry } = linked.entry;
    if (finding?.outcome === 'linked') successorsLinked++;
    if (finding?.outcome === 'ambiguous') ambiguous.add(() => `${entry.name} at ${entry.endpoint}`);
    if (finding?.outcome === 'none') missing.add(() => `${entry.name} at ${entry.endpoint}`);
    const successorKey = finding?.outcome === 'linked' ? finding.successor.sourceKey : null;
    return { ...entry, successorKey };
  });
  return {
    entries,
    successorsLinked,
    successorsAmbiguous: ambiguous.total(),
    successorsMissing: missing.total(),
  };
}
