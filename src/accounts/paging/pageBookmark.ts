import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { getInstallationKey } from '../../platform/storage/installationKey.ts';
import { sql, type Database } from '../../platform/storage/database.ts';
import type { AccountFilters } from '../accountFilters.ts';

/** Where a traversal of a project's accounts stands. */
export interface Bookmark {
  readonly filters: AccountFilters;
  /** The last account of the page before. */
  readonly afterAccountID: number;
  /** Page size of the page before, for callers that do not send it again. */
  readonly limit: number;
}

interface Cached {
  readonly key: Promise<Buffer>;
  /** Number of a filter set by project and digest, and its contents by number: both never change once known. */
  readonly numbers: LRUCache<string, number>;
  readonly sets: LRUCache<number, { readonly projectID: string; readonly filters: AccountFilters }>;
}

const caches = new WeakMap<Database, Cached>();
const purpose = 'page bookmark, AES-128';

/**
 * The `nextPageID` of a bookmark: one encrypted 128-bit block of (filter set, last account, page size, check
 * bits) in GUID text.
 *
 * Deterministic, so that the same page asked twice gives the same id. The filter set is stored once, when the
 * first page of it is followed by another; nothing is stored per page. It is a bookmark and not a key: whoever
 * presents it is authorised anew, and it names no project by itself.
 */
export async function writePageID(
  database: Database,
  projectID: string,
  bookmark: Bookmark,
): Promise<string> {
  const block = Buffer.alloc(16);
  block.writeUInt32BE(await numberFilterSet(database, projectID, bookmark.filters), 0);
  block.writeUInt32BE(bookmark.afterAccountID, 4);
  block.writeUInt8(bookmark.limit, 8);
  const cipher = createCipheriv('aes-128-ecb', await cacheOf(database).key, null).setAutoPadding(false);
  const hex = Buffer.concat([cipher.update(block), cipher.final()]).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * The bookmark behind a `nextPageID`, or undefined when it was not given out by this installation for this
 * project. Chance that a made-up GUID passes the check bits: 2⁻⁵⁶.
 */
export async function readPageID(
  database: Database,
  projectID: string,
  pageID: string,
): Promise<Bookmark | undefined> {
  const decipher = createDecipheriv('aes-128-ecb', await cacheOf(database).key, null).setAutoPadding(false);
  const block = Buffer.concat([
    decipher.update(Buffer.from(pageID.replaceAll('-', ''), 'hex')),
    decipher.final(),
  ]);
  const limit = block.readUInt8(8);
  if (!block.subarray(9).every((byte) => byte === 0) || limit < 1) return undefined;
  const set = await readFilterSet(database, block.readUInt32BE(0));
  if (set?.projectID !== projectID) return undefined;
  return { filters: set.filters, afterAccountID: block.readUInt32BE(4), limit };
}

/** Whether two sets of filters are the same; both are in the sorted form that parsing gives. */
export function sameFilters(left: AccountFilters, right: AccountFilters): boolean {
  return canonical(left) === canonical(right);
}

async function numberFilterSet(
  database: Database,
  projectID: string,
  filters: AccountFilters,
): Promise<number> {
  const text = canonical(filters);
  const digest = createHash('sha256').update(text).digest();
  const name = `${projectID}:${digest.toString('base64')}`;
  const { numbers } = cacheOf(database);
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

async function readFilterSet(database: Database, filterSet: number) {
  const { sets } = cacheOf(database);
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

function canonical(filters: AccountFilters): string {
  const entries = Object.entries(filters).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}

function cacheOf(database: Database): Cached {
  let cached = caches.get(database);
  if (cached === undefined) {
    cached = {
      key: getInstallationKey(database, purpose, 16),
      numbers: new LRUCache({ max: 10_000 }),
      sets: new LRUCache({
        maxSize: 8 * 2 ** 20,
        sizeCalculation: ({ filters }) => canonical(filters).length + 100,
      }),
    };
    caches.set(database, cached);
    // A database that was away when first asked must not leave its failure behind.
    cached.key.catch(() => caches.delete(database));
  }
  return cached;
}
