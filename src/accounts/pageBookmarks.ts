import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { sql, type Database } from '../platform/storage/database.ts';
import type { GetInstallationKey } from '../platform/storage/installationKey.ts';
import type { AccountFilters } from './accountFilters.ts';

/** Where a traversal of a project's accounts stands. */
export interface Bookmark {
  readonly filters: AccountFilters;
  /** The last account of the page before. */
  readonly afterAccountID: number;
  /** Page size of the page before, for callers that do not send it again. */
  readonly limit: number;
}

/** Makes and reads the `nextPageID` of a project's traversals. Fails as the database does. */
export interface PageBookmarks {
  /**
   * The `nextPageID` of a bookmark: one encrypted 128-bit block of (filter set, last account, page size, check
   * bits) in GUID text.
   *
   * Deterministic, so that the same page asked twice gives the same id. The filter set is stored once, when the
   * first page of it is followed by another; nothing is stored per page. It is a bookmark and not a key: whoever
   * presents it is authorised anew, and it names no project by itself.
   */
  write(projectID: string, bookmark: Bookmark): Promise<string>;
  /**
   * The bookmark behind a `nextPageID`, or undefined when it was not given out by this installation for this
   * project. Chance that a made-up GUID passes the check bits: 2⁻⁵⁶.
   */
  read(projectID: string, pageID: string): Promise<Bookmark | undefined>;
}

const purpose = 'page bookmark, AES-128';
const keyBytes = 16;

/** The bookmarks of a database. What is remembered of filter sets never changes once it is known. */
export function createPageBookmarks({
  database,
  getInstallationKey,
}: {
  readonly database: Database;
  readonly getInstallationKey: GetInstallationKey;
}): PageBookmarks {
  const filterSets = createFilterSets(database);
  return {
    write: async (projectID, { filters, afterAccountID, limit }) => {
      const block = Buffer.alloc(16);
      block.writeUInt32BE(await filterSets.number(projectID, filters), 0);
      block.writeUInt32BE(afterAccountID, 4);
      block.writeUInt8(limit, 8);
      const key = await getInstallationKey(purpose, keyBytes);
      const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
      const hex = Buffer.concat([cipher.update(block), cipher.final()]).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    read: async (projectID, pageID) => {
      const key = await getInstallationKey(purpose, keyBytes);
      const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false);
      const encrypted = Buffer.from(pageID.replaceAll('-', ''), 'hex');
      const block = Buffer.concat([decipher.update(encrypted), decipher.final()]);
      const limit = block.readUInt8(8);
      if (!block.subarray(9).every((byte) => byte === 0) || limit < 1) return undefined;
      const set = await filterSets.find(block.readUInt32BE(0));
      if (set?.projectID !== projectID) return undefined;
      return { filters: set.filters, afterAccountID: block.readUInt32BE(4), limit };
    },
  };
}

/** Whether two sets of filters are the same; both are in the sorted form that parsing gives. */
export function sameFilters(left: AccountFilters, right: AccountFilters): boolean {
  return canonical(left) === canonical(right);
}

interface FilterSet {
  readonly projectID: string;
  readonly filters: AccountFilters;
}

/** The stored sets of filters, by number. */
function createFilterSets(database: Database) {
  /** Number of a filter set by project and digest. */
  const numbers = new LRUCache<string, number>({ max: 10_000 });
  const sets = new LRUCache<number, FilterSet>({
    maxSize: 8 * 2 ** 20,
    sizeCalculation: ({ filters }) => canonical(filters).length + 100,
  });

  async function number(projectID: string, filters: AccountFilters): Promise<number> {
    const text = canonical(filters);
    const digest = createHash('sha256').update(text).digest();
    const name = `${projectID}:${digest.toString('base64')}`;
    const known = numbers.get(name);
    if (known !== undefined) return known;
    // Read before writing, so that a known set costs no row version; the conflict is for two first pages at once.
    const find = sql`select filter_set from page_filters where project_id = ${projectID} and digest = ${digest}`;
    let [row] = await database.query<{ filter_set: number }>(find);
    if (row === undefined) {
      await database.query(sql`
        insert into page_filters (project_id, digest, filters) values (${projectID}, ${digest}, ${text}::jsonb)
        on conflict (project_id, digest) do nothing`);
      [row] = await database.query<{ filter_set: number }>(find);
    }
    if (row === undefined) throw new Error('A filter set that was just stored is gone');
    numbers.set(name, row.filter_set);
    return row.filter_set;
  }

  async function find(filterSet: number): Promise<FilterSet | undefined> {
    const known = sets.get(filterSet);
    if (known !== undefined || filterSet > 2_147_483_647) return known;
    const [row] = await database.query<{ project_id: string; filters: AccountFilters }>(
      sql`select project_id, filters from page_filters where filter_set = ${filterSet}`,
    );
    if (row === undefined) return undefined;
    const set = { projectID: row.project_id, filters: row.filters };
    sets.set(filterSet, set);
    return set;
  }

  return { number, find };
}

function canonical(filters: AccountFilters): string {
  const entries = Object.entries(filters).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
