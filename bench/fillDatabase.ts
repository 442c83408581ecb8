import { bulkLoad } from '../src/platform/storage/bulkLoad.ts';
import { raw, sql, type Database, type Transaction } from '../src/platform/storage/database.ts';

export const benchProject = '5e0c1d7a-0000-4000-8000-000000000001';

/** Organisations of the benchmark, and how many of them share one endpoint: as the real directories have it. */
export const organisations = { first: 900_000, all: 30_000, sharing: 17_000 } as const;

/** Names of the three providers of the name-list shape. */
export const listedProviders = ['Clinic 7', 'Clinic 19', 'Clinic 31'];

/**
 * Fills an empty migrated database with one project of `accounts` accounts, four of each person: three at the device
 * makers or two there and one at a practice of the shared endpoint, and one at any of {@link organisations} or at 8
 * plans; 1 in 1,000 accounts is a health plan's with status error. Same rows for the same number. Says nothing that a
 * database of an older release does not know.
 */
export async function fillDatabase(database: Database, accounts: number): Promise<void> {
  await database.transaction(async (transaction) => {
    const tables = ['participants', 'external_accounts', 'scope_periods'];
    const empty = () => Promise.resolve(true);
    const done = await bulkLoad(transaction, tables, empty, () => fill(transaction, accounts));
    if (done === undefined) throw new Error('The tables of the benchmark are in use');
  });
  await database.query(raw('vacuum analyze'));
}

async function fill(transaction: Transaction, accounts: number): Promise<void> {
  await transaction.query(sql`insert into projects (project_id, name) values (${benchProject}, 'Benchmark')`);
  await transaction.query(
    raw(`
      insert into providers (provider_id, name, category, source)
      select 940100 + n, 'Plan ' || n, 'Health Plan'::provider_category, 'bench' from generate_series(1, 8) n`),
  );
  await transaction.query(
    raw(`insert into endpoints (base_url)
         select 'https://bench.example/' || n from generate_series(0, ${organisations.all - organisations.sharing}) n`),
  );
  await transaction.query(
    raw(`
      insert into providers (provider_id, name, category, source, endpoint_id)
      select ${organisations.first} + n, 'Clinic ' || n, 'Provider', 'bench', endpoint_id
        from generate_series(0, ${organisations.all - 1}) n
        join endpoints on base_url = 'https://bench.example/' || greatest(0, n - ${organisations.sharing - 1})`),
  );
  await transaction.query(
    raw(`
      insert into participants (project_id, participant_id, participant_identifier)
      select '${benchProject}', md5('p' || n)::uuid, 'BENCH-' || lpad(n::text, 8, '0')
        from generate_series(1, ${Math.ceil(accounts / 2)}) n`),
  );
  // Never the same provider twice: even clinics in the fourth account, odd ones in the second.
  await transaction.query(
    raw(`
      insert into external_accounts (project_id, participant_id, provider_id, category, status, settled_status,
                                     last_fetch_at, last_success_at, connected_at, provider_user_id)
      select '${benchProject}', md5('p' || ((n + 3) / 4))::uuid, provider_id, category, status,
             case when status <> 'fetchingData' then status end,
             case when status <> 'fetchingData' then fetched end,
             case when status = 'fetchComplete' then fetched end,
             timestamptz '2025-01-06' + n * interval '7 seconds', md5('u' || n)
        from (select n, provider_id, category, fetched,
                     (case when category = 'Health Plan' then case when n % 1000 = 500 then 'error' else 'fetchComplete' end
                           when spread < 78 then 'fetchComplete' when spread < 87 then 'unauthorized'
                           when spread < 92 then 'error' else 'fetchingData' end)::account_status as status
                from (select n, (n % 1000 * 7919) % 100 as spread,
                             timestamptz '2026-10-31' - (n % 86400) * interval '1.37 seconds' as fetched,
                             case when n % 2 = 1 then (array[6327, 49369, 45417])[1 + n / 2 % 3]
                                  when n % 1000 = 500 or n % 40 = 0 then 940101 + n / 40 % 8
                                  when n % 4 = 0 then ${organisations.first} + 2 * (n / 4 * 7919 % ${organisations.all / 2})
                                  when n % 32 = 2 then ${organisations.first} + 1 + 2 * (n / 4 * 7919 % ${organisations.sharing / 2})
                                  else (array[5691, 1466, 564])[1 + n / 2 % 3] end as provider_id
                        from generate_series(1, ${accounts}::bigint) n) numbered
                join providers using (provider_id)
               order by n) rows
       order by n`),
  );
  await transaction.query(
    raw(`
      insert into scope_periods (account_id, project_id, participant_id, provider_id, scopes, began_at)
      select account_id, project_id, participant_id, provider_id,
             case when provider_id = 6327 then '{ACTIVITY_EXPORT,HEALTH_EXPORT}'::text[]
                  else '{activity,heartrate,profile,sleep,weight,oxygen_saturation,respiratory_rate}'::text[] end,
             connected_at
        from external_accounts where category = 'Device Manufacturer' order by account_id`),
  );
}
