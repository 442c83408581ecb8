import { beforeAll, describe, expect, it } from 'vitest';
import { sharingStatement, type GrantToEnd } from '../../src/accounts/findSharing.ts';
import { raw, sql, type Database, type Sql, type Transaction } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

/** Organisations of one endpoint, and people with an account and a journey at one of them. */
const organisations = 17_000;
const people = 10_000;
const firstProvider = 900_000;
const now = Date.now();

interface World {
  readonly database: Database;
  readonly study: Study;
}

const personOf = (number: number) => sql`md5('sharing' || ${number}::integer)::uuid`;

/** People, their accounts and grants, and journeys, with the numbers from `first` to before `end`. */
async function fill(
  transaction: Transaction,
  { projectID }: Study,
  first: number,
  end: number,
): Promise<void> {
  await transaction.query(sql`
    insert into participants (project_id, participant_id, participant_identifier)
    select ${projectID}, md5('sharing' || n)::uuid, 'SHARING-' || n from generate_series(${first}::integer, ${end - 1}::integer) n`);
  await transaction.query(sql`
    insert into external_accounts (project_id, participant_id, provider_id, category, status, settled_status, last_fetch_at,
                                   last_success_at, connected_at, provider_user_id)
    select ${projectID}, md5('sharing' || n)::uuid, ${firstProvider} + n, 'Provider', 'fetchComplete',
           'fetchComplete', now(), now(), now(), 'user-' || n
      from generate_series(${first}::integer, ${end - 1}::integer) n`);
  await transaction.query(sql`
    insert into grants (account_id, generation, version, key_id, wrapped_key, access_token)
    select account_id, 1, 1, 'sharing', 'x', 'x' from external_accounts where project_id = ${projectID}
    on conflict do nothing`);
  // Most have ended within the hour in which their end is shown, some are open.
  await transaction.query(sql`
    insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, phase, link_digest, browser_digest,
                                  redirect_uri, created_at, expires_at, outcome)
    select gen_random_uuid(), ${projectID}, md5('sharing' || n)::uuid, ${firstProvider} + n % 100,
           case n % 5 when 0 then 'authorizing' else 'ended' end::connect_phase, sha256(('link' || n)::bytea),
           sha256(('browser' || n)::bytea), 'https://x.example', now(), ${new Date(now + 600_000)},
           case n % 5 when 0 then null else 'connected' end
      from generate_series(${first}::integer, ${end - 1}::integer) n`);
}

/** A study at an endpoint of thousands of names; the statistics are of when it had so many people. */
async function fillWorld({
  analysedAt,
  isKnownBefore = false,
}: {
  readonly analysedAt: number;
  readonly isKnownBefore?: boolean;
}): Promise<World> {
  // One session: it keeps what it has planned.
  const { database } = await createTestDatabase(1);
  const study = await createStudy(database);
  const tables = ['external_accounts', 'connect_attempts', 'providers', 'grants'];
  for (const table of tables)
    await database.query(raw(`alter table ${table} set (autovacuum_enabled = off)`));
  if (isKnownBefore) await planAtOnce(database);
  await database.transaction(async (transaction) => {
    await transaction.query(sql`insert into endpoints (base_url) values ('https://shared.example/fhir')`);
    await transaction.query(sql`
      insert into providers (provider_id, name, category, source, endpoint_id)
      select ${firstProvider} + n, 'Practice ' || n, 'Provider', 'test',
             (select endpoint_id from endpoints where base_url = 'https://shared.example/fhir')
        from generate_series(0, ${organisations - 1}) n`);
    await transaction.query(sql`
      insert into sealing_keys (key_id, canary, created_at) values ('sharing', 'x', now())`);
    await fill(transaction, study, 0, analysedAt);
  }, 'bulk');
  if (analysedAt > 0) await database.query(raw('analyze'));
  await database.transaction((transaction) => fill(transaction, study, analysedAt, people), 'bulk');
  // Codes that are being exchanged at another server.
  await database.query(sql`
    update connect_attempts set phase = 'exchanging', outcome = null, provider_id = 6327
     where link_digest in (sha256('link1'), sha256('link2'))`);
  return { database, study };
}

/** The plans of the functions are made now, and kept by the session. */
async function planAtOnce(database: Database): Promise<void> {
  const nobody = '00000000-0000-4000-8000-000000000000';
  await database.transaction(async (transaction) => {
    await transaction.query(raw('set local plan_cache_mode = force_generic_plan'));
    for (const userID of ['somebody', undefined]) {
      const grant = { providerID: 6327, participantID: nobody, userID, since: now };
      await transaction.query(sharingStatement(grant, now));
      await transaction.query(
        sql`select fetch_sharing_soon(6327, ${userID ?? null}, ${nobody}, ${new Date(now)})`,
      );
    }
  });
}

/** The buffers that a statement looks at, what its functions look at included, as a session sees it that knows it already. */
async function countLooks({ database }: World, statement: Sql, mode: string): Promise<number> {
  return database.transaction(async (transaction) => {
    await transaction.query(raw(`set local plan_cache_mode = ${mode}`));
    const explain = sql`explain (analyze, buffers, format json) ${statement}`;
    await transaction.query(explain);
    const [row] = await transaction.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(explain);
    const plan = row!['QUERY PLAN'][0].Plan;
    return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
  }, 'bulk');
}

async function grantOf({ database }: World, number: number, userID: string | undefined): Promise<GrantToEnd> {
  const [row] = await database.query<{ id: string }>(sql`select ${personOf(number)} as id`);
  return { providerID: firstProvider + organisations - 1, participantID: row!.id, userID, since: now };
}

const states: readonly (readonly [string, () => Promise<World>])[] = [
  ['never analysed', () => fillWorld({ analysedAt: 0 })],
  ['analysed when they were nearly empty', () => fillWorld({ analysedAt: 10 })],
  [
    'of which the session has made its plans when they were empty',
    () => fillWorld({ analysedAt: 0, isKnownBefore: true }),
  ],
  [
    'analysed and vacuumed',
    async () => {
      const world = await fillWorld({ analysedAt: 0 });
      await world.database.query(raw('vacuum analyze'));
      return world;
    },
  ],
];

/** Some levels of some indexes. A look at all of what stands there takes thousands. */
const looksMax = 120;

describe.each(states)('finding out who else lives on a grant, in tables %s', (_, open) => {
  let world: World;
  beforeAll(async () => {
    world = await open();
  }, 120_000);

  describe.each(['force_custom_plan', 'force_generic_plan'])('with %s', (mode) => {
    it.each([
      ['by the provider’s name for her', 5_000, 'user-5000', true],
      ['by a name that only a stranger has', people + 1, 'user-7000', true],
      ['by the person, where there is no name', 5_000, undefined, true],
      ['where nobody does', people + 1, 'nobody', false],
    ])('looks at hardly anything, %s', async (_name, number, userID, isShared) => {
      const statement = sharingStatement(await grantOf(world, number, userID), now);
      expect(await world.database.query(statement)).toMatchObject([{ same: isShared, exchange: false }]);
      expect(await countLooks(world, statement, mode)).toBeLessThan(looksMax);
    });

    it('looks at hardly anything when it makes their accounts due', async () => {
      const { providerID, participantID } = await grantOf(world, 5_000, undefined);
      for (const userID of ['user-5000', 'nobody', null]) {
        const statement = sql`
          select fetch_sharing_soon(${providerID}, ${userID}, ${participantID}, ${new Date(now)})`;
        expect(await countLooks(world, statement, mode)).toBeLessThan(looksMax);
      }
    });
  });
});
