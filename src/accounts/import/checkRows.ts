import { matchProviders } from '../../catalogue/storeProviders.ts';
import { badLinesKept, type BadLines } from '../../platform/intake/badLines.ts';
import { raw, sql, type Sql, type Transaction } from '../../platform/storage/database.ts';
import { createWantedParticipants } from '../../projects/storeParticipants.ts';

/**
 * Finds the rows of `import_rows` that contradict each other or what is in the database, and adds them to
 * `badLines`. Fills `wanted_participants` and matches `wanted_providers`. Nothing that outlives the transaction
 * is written, no lock is taken.
 *
 * Of rows that contradict each other the later ones are named, with the place of the first.
 */
export async function checkRows(
  transaction: Transaction,
  projectID: string,
  badLines: BadLines,
): Promise<void> {
  await collectParticipants(transaction);
  await matchProviders(transaction);
  const search = { transaction, badLines };
  const provider = await providerOfRow(transaction);
  const here = badLines.unit;

  await repeated(search, ['account_id'], 'ExternalAccountID', `the same ExternalAccountID as in ${here}`);
  await contradicting(
    search,
    ['participant_identifier', 'participant_id'],
    'ParticipantID',
    `another ParticipantID for the participant of ${here}`,
  );
  await contradicting(
    search,
    ['participant_id', 'participant_identifier'],
    'ParticipantIdentifier',
    `another ParticipantIdentifier for the ParticipantID of ${here}`,
  );
  await repeated(
    search,
    ['participant_identifier', provider],
    'ParticipantIdentifier',
    `the same participant and provider as in ${here}`,
  );
  await repeated(
    search,
    ['provider_user_id', provider],
    'ProviderUserID',
    `the same ProviderUserID at the same provider as in ${here}`,
  );
  await findKnownConnections(search, projectID);
  await findKnownProviderUsers(search, projectID);
}

interface Search {
  readonly transaction: Transaction;
  readonly badLines: BadLines;
}

const withProviders = 'import_rows row join wanted_providers wanted on wanted.number = row.provider';

/** The provider of a row as an expression, the same for rows that name it with and without its number. */
async function providerOfRow(transaction: Transaction): Promise<string> {
  const [found] = await transaction.query<{ aliases: boolean }>(
    sql`select exists (select from wanted_providers where same_as is not null) as aliases`,
  );
  return found?.aliases === true ? 'coalesce(wanted.same_as, wanted.number)' : 'row.provider';
}

async function collectParticipants(transaction: Transaction): Promise<void> {
  await createWantedParticipants(transaction);
  await transaction.query(sql`
    insert into wanted_participants
    select distinct participant_identifier, participant_id from import_rows`);
  await transaction.query(sql`analyze wanted_participants`);
  // A participant whose GUID stands in some rows only is one participant.
  await transaction.query(sql`
    delete from wanted_participants wanted
     where wanted_id is null
       and exists (select from wanted_participants other
                    where other.participant_identifier = wanted.participant_identifier and other.wanted_id is not null)`);
}

/** Names rows that have the same values as an earlier row; values that are absent are not the same. */
async function repeated(
  search: Search,
  columns: readonly string[],
  column: string,
  reason: string,
): Promise<void> {
  const key = columns.join(', ');
  const present = `${columns[0] ?? ''} is not null`;
  const source = key.includes('wanted.') ? withProviders : 'import_rows row';
  // Counted first: nearly always there is nothing to find, and the rows need not be sorted.
  const [found] = await search.transaction.query<{ groups: number }>(
    raw(`select count(*)::integer as groups
           from (select from ${source} where ${present} group by ${key} having count(*) > 1) repeated`),
  );
  if (found?.groups === 0) return;
  await addRows(
    search,
    column,
    reason,
    raw(`select line, min(line) over (partition by ${key}) as first from ${source} where ${present}`),
  );
}

/** Names rows whose second column differs from the first row with the same first column. */
async function contradicting(
  search: Search,
  [key, value]: readonly [string, string],
  column: string,
  reason: string,
): Promise<void> {
  const wanted: Record<string, string> = { participant_id: 'wanted_id' };
  const [found] = await search.transaction.query<{ groups: number }>(
    raw(`select count(*)::integer as groups
           from (select from wanted_participants where wanted_id is not null
                  group by ${wanted[key] ?? key} having count(*) > 1) contradicting`),
  );
  if (found?.groups === 0) return;
  await addRows(
    search,
    column,
    reason,
    raw(`select line, case when ${value} <> first_value(${value}) over earlier then first_value(line) over earlier
                      else line end as first
           from import_rows where participant_id is not null
         window earlier as (partition by ${key} order by line)`),
  );
}

async function addRows(search: Search, column: string, reason: string, rows: Sql): Promise<void> {
  const found = await search.transaction.query<{ line: number; first: number; total: number }>(sql`
    select line, first, count(*) over ()::integer as total
      from (${rows}) found where first < line order by line limit ${badLinesKept}`);
  for (const { line, first } of found) search.badLines.add(line, column, `${reason} ${first}`);
  search.badLines.addUnlisted((found[0]?.total ?? 0) - found.length);
}

/** Participants who have an account with the provider already: also what a second import of a file meets. */
async function findKnownConnections(search: Search, projectID: string): Promise<void> {
  await addKnown(
    search,
    'ParticipantIdentifier',
    sql`select row.line, account.account_id as known,
               case when account.connected_at = row.connected_at
                     and account.provider_user_id is not distinct from row.provider_user_id
                    then 'already here, as external account'
                    else 'the participant already has an account with this provider, external account' end as reason
          from ${raw(withProviders)}
          join participants person
            on person.project_id = ${projectID} and person.participant_identifier = row.participant_identifier
          join external_accounts account
            on account.participant_id = person.participant_id and account.provider_id = wanted.provider_id`,
  );
}

async function findKnownProviderUsers(search: Search, projectID: string): Promise<void> {
  await addKnown(
    search,
    'ProviderUserID',
    sql`select row.line, account.account_id as known,
               'this ProviderUserID belongs to another participant''s account with the provider, external account' as reason
          from ${raw(withProviders)}
          join external_accounts account
            on account.project_id = ${projectID} and account.provider_id = wanted.provider_id
           and account.provider_user_id = row.provider_user_id
          join participants owner on owner.project_id = ${projectID} and owner.participant_id = account.participant_id
         where owner.participant_identifier <> row.participant_identifier`,
  );
}

async function addKnown(search: Search, column: string, rows: Sql): Promise<void> {
  const found = await search.transaction.query<{
    line: number;
    known: number;
    reason: string;
    total: number;
  }>(sql`
    select line, known, reason, count(*) over ()::integer as total
      from (${rows}) found order by line limit ${badLinesKept}`);
  for (const { line, known, reason } of found) search.badLines.add(line, column, `${reason} ${known}`);
  search.badLines.addUnlisted((found[0]?.total ?? 0) - found.length);
}
