import type { FhirVersion } from '../../definitions/shape/delivery.ts';
import { findFhirVersion } from './fhirVersion.ts';

/** What of an entry decides whose successor it can be. */
export interface Linkable {
  readonly endpoint: string;
  /** The directory's publisher: two vendors' organisations of one name are two organisations to a client. */
  readonly family: string;
  /** The organisation's name in the form in which names are compared. */
  readonly comparedName: string;
  readonly postalCode: string | null;
  /** As the directory says; where it says nothing, the endpoint's address is asked. */
  readonly fhirVersion?: FhirVersion | null;
}

type SuccessorFinding<Entry> =
  | { readonly outcome: 'linked'; readonly successor: Entry }
  /** An older version, and several R4 endpoints that could succeed it. */
  | { readonly outcome: 'ambiguous' }
  /** An older version of an organisation that has no R4 endpoint. */
  | { readonly outcome: 'none' };

interface Versioned<Entry> {
  readonly entry: Entry;
  readonly version: FhirVersion;
  readonly unversioned: string;
  readonly host: string;
}

/**
 * For every DSTU2 and STU3 entry the R4 entry of the same organisation and vendor, if it is certain which.
 *
 * Certain is, in this order: the endpoint that differs in nothing but the version; the only one on the same host;
 * the only one there whose last segment begins with the same word (`/R2/open` and `/R4/open-Prod` beside
 * `/R4/fhir-Prod`); the only one at all, unless postal codes say that it is somebody else of the same name.
 * Everything else stays unlinked, because a wrong link sends a participant to another organisation's sign-in page.
 */
export function linkSuccessors<Entry extends Linkable>(
  entries: readonly Entry[],
): Map<Entry, SuccessorFinding<Entry>> {
  const findings = new Map<Entry, SuccessorFinding<Entry>>();
  const organisations = new Map<string, Versioned<Entry>[]>();
  for (const entry of entries) {
    const { version: named, unversioned } = findFhirVersion(entry.endpoint);
    const version = entry.fhirVersion ?? named;
    if (version === null) continue;
    const key = `${entry.family}\n${entry.comparedName}`;
    const [host = ''] = unversioned.split('/');
    const versions = organisations.get(key) ?? [];
    versions.push({ entry, version, unversioned, host });
    organisations.set(key, versions);
  }
  for (const versions of organisations.values()) {
    const current = versions.filter(({ version }) => version === 'R4');
    for (const older of versions)
      if (older.version !== 'R4') findings.set(older.entry, findSuccessor(older, current));
  }
  return findings;
}

function findSuccessor<Entry extends Linkable>(
  older: Versioned<Entry>,
  current: readonly Versioned<Entry>[],
): SuccessorFinding<Entry> {
  const counterpart = current.find(({ unversioned }) => unversioned === older.unversioned);
  if (counterpart !== undefined) return { outcome: 'linked', successor: counterpart.entry };
  const possible = current.filter(({ entry }) => !contradict(entry.postalCode, older.entry.postalCode));
  const sameHost = possible.filter(({ host }) => host === older.host);
  const near = sameHost.length > 0 ? sameHost : possible;
  const alike = near.filter(({ unversioned }) => lastWord(unversioned) === lastWord(older.unversioned));
  const [only, ...others] = near.length > 1 && alike.length > 0 ? alike : near;
  if (only === undefined) return { outcome: 'none' };
  return others.length > 0 ? { outcome: 'ambiguous' } : { outcome: 'linked', successor: only.entry };
}

function lastWord(unversioned: string): string {
  return /([a-z]*)[^/]*$/.exec(unversioned)?.[1] ?? '';
}

function contradict(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one.slice(0, 5) !== other.slice(0, 5);
}
