import type { SkippedEntries } from '../reading/defineDirectory.ts';
import { printable } from '../../platform/http/parseQuery.ts';
import {
  describePlace,
  parsePostalCode,
  requireEntries,
  textOrNumberOf,
  type LanternEntry,
} from './lanternEntries.ts';
import { describePublisher, nameOrganisation, type Publisher } from './nameOrganisation.ts';
import { cleanName, compareForm } from '../reading/cleanName.ts';
import { rankSkipped } from '../reading/collectEntries.ts';
import { linkSuccessors } from '../reading/linkSuccessors.ts';
import { normaliseEndpoint, type Refusal } from '../reading/normaliseEndpoint.ts';
import { createCounter, type Counter, type Tally } from '../reading/tally.ts';

/** A directory file of the Lantern project (onc-healthit/lantern-back-end), parsed but not yet believed. */
export interface LanternFile {
  /** Says who published it and whether it is a health plan's. */
  readonly name: string;
  readonly content: unknown;
}

/** An organisation at an endpoint. */
export interface ProviderCandidate {
  /** `ENDPOINT|name as the directory has it, compared form`: what makes it the same one in the next import. */
  readonly sourceKey: string;
  readonly name: string;
  readonly category: Publisher['category'];
  readonly endpoint: string;
  /** The same address as the directory spells it. */
  readonly published: string;
  /** Null when the directory has none that can be read. */
  readonly postalCode: string | null;
  /** Source key of the R4 entry that this DSTU2 or STU3 entry gives way to. */
  readonly successorKey: string | null;
  /** Publishers in whose files it stands ({@link Publisher.family}); the first one is where it was named. */
  readonly families: readonly string[];
}

/** Everything that directories hold, and everything that was done to it. */
export interface LanternReading {
  readonly candidates: readonly ProviderCandidate[];
  /** Organisations at endpoints that the files list, usable or not. */
  readonly entriesRead: number;
  /** Entries that repeat an organisation at an endpoint. */
  readonly duplicatesMerged: number;
  /** The most frequent first; reasons that did not occur are left out. */
  readonly skipped: readonly SkippedEntries[];
  /** Candidates whose directory gave no name, or only a number. */
  readonly namesDerived: Tally;
  /** Postal codes that are none of the United States; the candidate is kept without it. */
  readonly postalCodesIgnored: Tally;
  /** Older versions whose successor is known. */
  readonly successorsLinked: number;
  /** Older versions with several possible successors: not linked. */
  readonly successorsAmbiguous: Tally;
  /** Older versions of organisations that have no R4 endpoint in these files. */
  readonly successorsMissing: Tally;
}

interface Draft {
  readonly sourceKey: string;
  readonly name: string;
  readonly category: Publisher['category'];
  readonly endpoint: string;
  readonly published: string;
  readonly family: string;
  readonly comparedName: string;
  readonly families: string[];
  postalCode: string | null;
}

/**
 * Turns directory files into provider candidates, one for each distinct endpoint and organisation.
 *
 * Names are compared without regard to letter case and white space; the first spelling stands, and a postal code
 * is taken from whichever entry has one. Files are read in the order of their names, so that the order in which
 * they are given changes nothing. Entries that cannot be used are counted with their reason and up to
 * `examplesMax` examples.
 *
 * @throws {DomainError} `directory-unreadable`, naming the file, when one has not the shape
 *   `{"Endpoints": [{"URL", "OrganizationName", "OrganizationZipCode"}]}`
 */
export function readLantern(files: readonly LanternFile[], examplesMax = 5): LanternReading {
  const drafts = new Map<string, Draft>();
  const skipped = new Map<Refusal, Counter>();
  const namesDerived = createCounter(examplesMax);
  const postalCodesIgnored = createCounter(examplesMax);
  let entriesRead = 0;
  let entriesUsed = 0;
  for (const file of files.toSorted(byName)) {
    const publisher = describePublisher(file.name);
    for (const [index, entry] of requireEntries(file.name, file.content).entries()) {
      entriesRead++;
      const place = () => describePlace(file.name, index, entry);
      const reading = normaliseEndpoint(textOrNumberOf(entry.URL));
      if ('refusal' in reading) {
        const counter = skipped.get(reading.refusal) ?? createCounter(examplesMax);
        skipped.set(reading.refusal, counter.add(place));
        continue;
      }
      entriesUsed++;
      const added = draft(entry, reading, publisher, readPostalCode(entry, postalCodesIgnored, place));
      const present = drafts.get(added.sourceKey);
      if (present !== undefined) {
        present.postalCode ??= added.postalCode;
        if (!present.families.includes(publisher.family)) present.families.push(publisher.family);
        continue;
      }
      drafts.set(added.sourceKey, added);
      if (compareForm(added.name) !== added.comparedName)
        namesDerived.add(() => `"${added.name}" for "${printable(added.comparedName)}" at ${added.endpoint}`);
    }
  }
  return {
    ...link([...drafts.values()], examplesMax),
    entriesRead,
    duplicatesMerged: entriesUsed - drafts.size,
    skipped: rankSkipped(skipped),
    namesDerived: namesDerived.total(),
    postalCodesIgnored: postalCodesIgnored.total(),
  };
}

function draft(
  entry: LanternEntry,
  { endpoint, published }: Pick<Draft, 'endpoint' | 'published'>,
  publisher: Publisher,
  postalCode: string | null,
): Draft {
  const given = cleanName(textOrNumberOf(entry.OrganizationName));
  const comparedName = compareForm(given);
  return {
    // The name as given, not as derived: a better rule for naming must not make another provider.
    sourceKey: `${endpoint}|${comparedName}`,
    name: nameOrganisation(given, publisher, endpoint),
    category: publisher.category,
    endpoint,
    published,
    family: publisher.family,
    families: [publisher.family],
    comparedName,
    postalCode,
  };
}

function readPostalCode(entry: LanternEntry, ignored: Counter, place: () => string): string | null {
  const text = textOrNumberOf(entry.OrganizationZipCode);
  const postalCode = parsePostalCode(text);
  if (postalCode === null && text.trim() !== '') ignored.add(() => `${place()}: "${printable(text)}"`);
  return postalCode;
}

function link(drafts: readonly Draft[], examplesMax: number) {
  const findings = linkSuccessors(drafts);
  const ambiguous = createCounter(examplesMax);
  const missing = createCounter(examplesMax);
  let successorsLinked = 0;
  const candidates = drafts.map((entry): ProviderCandidate => {
    const finding = findings.get(entry);
    if (finding?.outcome === 'linked') successorsLinked++;
    if (finding?.outcome === 'ambiguous') ambiguous.add(() => `${entry.name} at ${entry.endpoint}`);
    if (finding?.outcome === 'none') missing.add(() => `${entry.name} at ${entry.endpoint}`);
    const { sourceKey, name, category, endpoint, published, postalCode, families } = entry;
    const successorKey = finding?.outcome === 'linked' ? finding.successor.sourceKey : null;
    return { sourceKey, name, category, endpoint, published, postalCode, successorKey, families };
  });
  return {
    candidates,
    successorsLinked,
    successorsAmbiguous: ambiguous.total(),
    successorsMissing: missing.total(),
  };
}

function byName(left: LanternFile, right: LanternFile): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
