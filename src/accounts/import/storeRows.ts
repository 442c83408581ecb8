import { keptNumberMax, reserveProviderNumbers, storeProviders } from '../../catalogue/storeProviders.ts';
import type { Random } from '../../platform/random/random.ts';
import { bulkLoad } from '../../platform/storage/bulkLoad.ts';
import { empty, sql, type Transaction } from '../../platform/storage/database.ts';
import { reserveNumbers } from '../../platform/storage/reserveNumbers.ts';
import type { StagedRows } from './stageAccounts.ts';
import { storeParticipants, type StoredParticipants } from '../../projects/storeParticipants.ts';

interface RowsToStore {
  readonly projectID: string;
  readonly staged: StagedRows;
  readonly actor: string;
  readonly now: number;
  readonly random: Random;
}

interface StoredRows {
  readonly participants: StoredParticipants;
  readonly providers: { readonly created: number; readonly found: number };
}

/** From this many rows on it pays to build the indexes of the register anew … */
const bulkRowsMin = 50_000;

/** … if it has no more than one account for so many rows: those who read it then wait for half a minute. */
const bulkRowsPerAccount = 50;

/**
 * Makes accounts of all `import_rows` that were checked, with their participants, providers, open scope periods
 * and audit rows. Which row became which account is left in the temporary table `import_accounts`.
 *
 * Numbers are reserved before anything is written, so that nobody else can be given one of them. The first large
 * study of an installation is loaded without indexes and keys, which are then built and checked once over all
 * rows ({@link bulkLoad}), a quarter of the time; hardly anything is in the register yet that anybody could miss
 * meanwhile.
 */
export async function storeRows(transaction: Transaction, options: RowsToStore): Promise<StoredRows> {
  await reserveProviderNumbers(transaction);
  await reserveAccountNumbers(transaction, options.staged.highestAccountID);
  if (options.staged.rows < bulkRowsMin) return storeAll(transaction, options);
  const tables = ['external_accounts', 'scope_periods'];
  if (await mostParticipantsAreNew(transaction)) tables.push('participants');
  const store = () => storeAll(transaction, options);
  const suits = () => registerIsSmall(transaction, options.staged.rows);
  // Whoever reads accounts reads these too; projects, which every request needs, are left alone.
  const referred = ['participants', 'providers'];
  const loaded = await bulkLoad(transaction, tables, suits, store, referred);
  const stored = loaded?.result ?? (await store());
  // Or the first pages would be planned for the table as it was before.
  await transaction.query(sql`analyze external_accounts, scope_periods`);
  return stored;
}

async function storeAll(transaction: Transaction, options: RowsToStore): Promise<StoredRows> {
  const participants = await storeParticipants(transaction, options);
  const providers = await storeProviders(transaction);
  await resolveRows(transaction, options.projectID);
  await insertAccounts(transaction, options);
  return { participants, providers };
}

async function reserveAccountNumbers(transaction: Transaction, highest: number): Promise<void> {
  if (highest === 0) return;
  await reserveNumbers(
    transaction,
    { table: 'external_accounts', sequence: 'external_account_numbers' },
    highest,
  );
}

async function registerIsSmall(transaction: Transaction, rows: number): Promise<boolean> {
  const accountsMax = Math.floor(rows / bulkRowsPerAccount);
  const [row] = await transaction.query<{ small: boolean }>(sql`
    select count(*) <= ${accountsMax} as small
      from (select from external_accounts limit ${accountsMax + 1}) some_accounts`);
  return row?.small === true;
}

async function mostParticipantsAreNew(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.query<{ more: boolean }>(sql`
    select (select count(*) from wanted_participants) >=
           (select count(*) from (select from participants limit (select count(*) from wanted_participants) + 1) known)
           as more`);
  return row?.more === true;
}

/**
 * Gives each row its account number, participant and provider. Numbers in use, now or ever, are not kept; new
 * ones are given in the order of the file, so that the same file gives the same rows everywhere.
 */
async function resolveRows(transaction: Transaction, projectID: string): Promise<void> {
  // Until the commit no directory moves them to another endpoint.
  await transaction.query(sql`
    select from providers where provider_id in (select provider_id from wanted_providers) for key share`);
  await transaction.query(sql`
    create temporary table taken_numbers on commit drop as
    select row.account_id from import_rows row join external_accounts using (account_id)
    union
    select row.account_id from import_rows row join deleted_accounts using (account_id)
    union
    select row.account_id from import_rows row join scope_periods using (account_id)`);
  await transaction.query(sql`analyze taken_numbers`);
  const kept = sql`case when taken.account_id is null and row.account_id <= ${keptNumberMax} then row.account_id end`;
  const [numbering] = await transaction.query<{ needed: boolean }>(sql`
    select exists (select from import_rows row left join taken_numbers taken using (account_id)
                    where ${kept} is null) as needed`);
  await transaction.query(sql`
    create temporary table import_accounts on commit drop as
    select wanted_id, coalesce(kept_id, nextval('external_account_numbers')::integer) as account_id, participant_id,
           provider_id, category, realm, settled_status, last_fetch_at, connected_at, provider_user_id, scope_set, scopes
      from (select row.account_id as wanted_id, ${kept} as kept_id, person.participant_id, wanted.provider_id,
                   wanted.category, wanted.realm, row.settled_status, row.last_fetch_at, row.connected_at, row.provider_user_id,
                   row.scope_set, row.scopes
              from import_rows row
              join (select number, provider_id, w.category, realm from wanted_providers w join providers using (provider_id)) wanted
                on wanted.number = row.provider
              join participants person
                on person.project_id = ${projectID} and person.participant_identifier = row.participant_identifier
              left join taken_numbers taken on taken.account_id = row.account_id
              ${numbering?.needed === true ? sql`order by row.line` : empty}) resolved`);
}

/** The states are those of `settledState` in `statusMachine.ts`; a test holds the two against each other. */
async function insertAccounts(transaction: Transaction, options: RowsToStore): Promise<void> {
  const { projectID, actor } = options;
  const now = new Date(options.now);
  await transaction.query(sql`
    insert into external_accounts
      (account_id, project_id, participant_id, provider_id, category, status, settled_status, last_fetch_at,
       last_success_at, connected_at, provider_user_id, realm)
    select account_id, ${projectID}, participant_id, provider_id, category, coalesce(settled_status, 'fetchingData'),
           settled_status, last_fetch_at, case when settled_status = 'fetchComplete' then last_fetch_at end,
           connected_at, provider_user_id, realm
      from import_accounts
     order by account_id`);
  await transaction.query(sql`
    insert into scope_periods (account_id, project_id, participant_id, provider_id, scopes, began_at)
    select account_id, ${projectID}, participant_id, provider_id, coalesce(account.scopes, sets.scopes), connected_at
      from import_accounts account left join import_scopes sets using (scope_set)
     where coalesce(account.scopes, sets.scopes) is not null`);
  await transaction.query(sql`
    insert into audit_entries (project_id, occurred_at, actor, action, account_id, details)
    select ${projectID}, ${now}, ${actor}, 'external-account.imported', account_id,
           case when wanted_id <> account_id then jsonb_build_object('importedAs', wanted_id) end
      from import_accounts
     order by account_id`);
}
