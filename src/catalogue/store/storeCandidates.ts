import { Readable } from 'node:stream';
import { raw, sql, type Sql, type Transaction } from '../../platform/storage/database.ts';
import type { ProviderCandidate } from '../lantern.ts';

/** What became of candidates: each is counted once. */
export interface StoredCandidates {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}

/** Candidates of one transaction; no index, since every statement reads all of it. */
const stagingTable = raw(`
  create temporary table staged_providers (
    ordinal integer not null,
    source_key text not null,
    name text not null,
    category provider_category not null,
    endpoint_url text not null,
    postal_code text,
    successor_key text,
    provider_id integer,
    is_new boolean not null default false
  ) on commit drop`);

/**
 * Makes providers of candidates, in a handful of statements however many there are.
 *
 * Numbers come from the sequence in the order of the candidates, and only for those that have none yet: an
 * import that changes nothing uses none up. Values that a candidate lacks are kept as they are, and so is the
 * category, because every account carries its provider's.
 */
export async function storeCandidates(
  transaction: Transaction,
  candidates: readonly ProviderCandidate[],
): Promise<StoredCandidates> {
  // In line with the imports of accounts, which number providers as well and take this lock too.
  await transaction.query(sql`select pg_advisory_xact_lock(7421001, 2)`);
  // Nobody else writes the catalogue meanwhile: two that meet the same new organisation would both number it.
  // Readers and foreign keys are not held up.
  await transaction.query(sql`lock table providers in share row exclusive mode`);
  await transaction.query(stagingTable);
  await transaction.copyIn(
    'copy staged_providers (ordinal, source_key, name, category, endpoint_url, postal_code, successor_key) from stdin (format csv)',
    Readable.from(renderRows(candidates)),
  );
  await transaction.query(sql`analyze staged_providers`);
  await transaction.query(sql`
    update staged_providers s set provider_id = p.provider_id
      from providers p where p.source = 'lantern' and p.source_key = s.source_key`);
  await numberNewOnes(transaction);
  const added = await count(
    transaction,
    sql`with written as (
      insert into providers (provider_id, name, category, successor_id, endpoint_url, postal_code, source, source_key)
      select s.provider_id, s.name, s.category, r.provider_id, s.endpoint_url, s.postal_code, 'lantern', s.source_key
        from staged_providers s left join staged_providers r on r.source_key = s.successor_key
       where s.is_new
      returning 1)
    select count(*)::integer as rows from written`,
  );
  const changed = await count(
    transaction,
    sql`with written as (
      update providers p
         set name = s.name, postal_code = coalesce(s.postal_code, p.postal_code),
             successor_id = coalesce(r.provider_id, p.successor_id)
        from staged_providers s left join staged_providers r on r.source_key = s.successor_key
       where p.provider_id = s.provider_id and not s.is_new
         and (p.name, p.postal_code, p.successor_id) is distinct from
             (s.name, coalesce(s.postal_code, p.postal_code), coalesce(r.provider_id, p.successor_id))
      returning 1)
    select count(*)::integer as rows from written`,
  );
  return { added, changed, unchanged: candidates.length - added - changed };
}

/** Draws from the sequence until no number is one that an import of accounts has brought from elsewhere. */
async function numberNewOnes(transaction: Transaction): Promise<void> {
  let taken: number;
  do {
    await transaction.query(sql`
      update staged_providers s set provider_id = n.provider_id, is_new = true
        from (select ordinal, nextval('provider_numbers')::integer as provider_id
                from (select ordinal from staged_providers where provider_id is null order by ordinal) as unnumbered) as n
       where n.ordinal = s.ordinal`);
    taken = await count(
      transaction,
      sql`with cleared as (
        update staged_providers s set provider_id = null
         where s.is_new and exists (select from providers p where p.provider_id = s.provider_id)
        returning 1)
      select count(*)::integer as rows from cleared`,
    );
  } while (taken > 0);
}

async function count(transaction: Transaction, statement: Sql): Promise<number> {
  const [row] = await transaction.query<{ rows: number }>(statement);
  return row?.rows ?? 0;
}

/** Rows of the staging table as CSV (RFC 4180), a few thousand to the chunk; an unquoted nothing is a null. */
function* renderRows(candidates: readonly ProviderCandidate[]): Generator<string> {
  let chunk = '';
  for (const [ordinal, candidate] of candidates.entries()) {
    const { sourceKey, name, category, endpoint, postalCode, successorKey } = candidate;
    chunk += `${ordinal},${[sourceKey, name, category, endpoint, postalCode, successorKey].map(quote).join(',')}\n`;
    if (chunk.length < 256 * 1024) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function quote(value: string | null): string {
  return value === null ? '' : `"${value.replaceAll('"', '""')}"`;
}
