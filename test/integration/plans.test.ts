import { beforeAll, describe, expect, it } from 'vitest';
import type { AccountFilters } from '../../src/accounts/accountFilters.ts';
import { connectAccount, planConnection } from '../../src/accounts/connectAccount.ts';
import { sealGrant } from '../../src/accounts/grant.ts';
import { pageStatement } from '../../src/accounts/paging/pageStatement.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { raw, sql, type Database, type Transaction } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { createTestVault } from '../harness/testVault.ts';

/** Organisations of the one endpoint that most of the real directories' share. */
const sharing = 17_000;
const others = 3_000;
const people = 2_000;
/** Providers of the world have these numbers and the following ones: first those of the shared endpoint. */
const firstProvider = 900_000;

let database: Database;
let study: Study;
/** With a tenth of the people of `study`, among the same providers. */
let small: Study;

/** A thousand people with a practice of the shared endpoint, a thousand with another one, three watches each. */
async function fillWorld(): Promise<void> {
  await database.query(sql`insert into endpoints (base_url) values ('https://shared.example/fhir')`);
  await database.query(sql`
    insert into providers (provider_id, name, category, source, endpoint_id)
    select ${firstProvider} + n, 'Practice ' || n, 'Provider', 'test',
           case when n < ${sharing} then (select endpoint_id from endpoints where base_url = 'https://shared.example/fhir') end
      from generate_series(0, ${sharing + others - 1}) n`);
  await database.query(sql`
    insert into participants (project_id, participant_id, participant_identifier)
    select ${study.projectID}, md5('plans' || n)::uuid, 'PLANS-' || n from generate_series(0, ${people - 1}) n`);
  await database.query(sql`
    insert into external_accounts (project_id, participant_id, provider_id, category, status, settled_status, last_fetch_at,
                                   last_success_at, connected_at, provider_user_id)
    select ${study.projectID}, md5('plans' || n)::uuid, p.provider_id, p.category, 'fetchComplete', 'fetchComplete', now(),
           now(), now(), md5('user' || n)
      from generate_series(0, ${people - 1}) n, generate_series(0, 3) kind
      join lateral (select case kind when 0 then case when n % 2 = 0 then ${firstProvider} + n
                                                      else ${firstProvider + sharing} + n end
                                     when 1 then 6327 when 2 then 45417 else 5691 end as provider_id) chosen on true
      join providers p using (provider_id)
     order by n, kind`);
}

async function fillSmallStudy(): Promise<void> {
  await database.query(sql`
    insert into participants (project_id, participant_id, participant_identifier)
    select ${small.projectID}, md5('small' || n)::uuid, 'SMALL-' || n from generate_series(0, ${people / 10 - 1}) n`);
  await database.query(sql`
    insert into external_accounts (project_id, participant_id, provider_id, category, status, settled_status, last_fetch_at,
                                   last_success_at, connected_at)
    select ${small.projectID}, participant_id, provider_id, 'Device Manufacturer',
           status::account_status, status::account_status, now(), now(), now()
      from participants, (values (6327, 'fetchComplete'), (45417, 'unauthorized')) made (provider_id, status)
     where project_id = ${small.projectID}`);
}

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  study = await createStudy(database);
  await database.query(sql`alter table external_accounts set (autovacuum_enabled = off)`);
  await fillWorld();
  small = await createStudy(database);
  await fillSmallStudy();
});

const numbers = (length: number, first = firstProvider) => Array.from({ length }, (_, n) => first + n);
const names = (length: number, first = 0) => Array.from({ length }, (_, n) => `Practice ${first + n}`);
/** From this one on a thousand practices of the shared endpoint that nobody has connected. */
const unused = firstProvider + 10_000;
const person = 'PLANS-10';

/** Pages of the database's buffers that a page of accounts may look at: each of its rows takes a dozen. */
const buffersMax = 1_500;

type Shape = readonly [name: string, filters: AccountFilters, buffersMax: number];

/** The shapes of lists of 1, 10, 100 and 1,000. */
function lists(what: string, filter: (length: number) => AccountFilters, most: readonly number[]): Shape[] {
  return [1, 10, 100, 1_000].map((length, n) => [`${length} ${what}`, filter(length), most[n]!]);
}

const shapes: readonly Shape[] = [
  ['everything', {}, buffersMax],
  ['one category', { providerCategories: ['Provider'] }, buffersMax],
  ['one status', { statuses: ['fetchComplete'] }, buffersMax],
  ['two statuses', { statuses: ['fetchComplete', 'error'] }, buffersMax],
  ['a status that nobody has', { statuses: ['error'] }, 40],
  ['two statuses that nobody has', { statuses: ['error', 'unauthorized'] }, 50],
  ['one provider that many have', { providerIDs: [6327] }, buffersMax],
  // A few looks for each of the four statuses of those that have accounts, into an index of three levels.
  ...lists('providers', (length) => ({ providerIDs: numbers(length) }), [100, 400, 2_500, 15_000]),
  ...lists('names', (length) => ({ providerNames: names(length) }), [100, 400, 2_500, 18_000]),
  // Two looks for each, to see that it has none; three more to find out its number.
  ...lists(
    'providers without accounts',
    (length) => ({ providerIDs: numbers(length, unused) }),
    [20, 40, 300, 2_500],
  ),
  ...lists(
    'names without accounts',
    (length) => ({ providerNames: names(length, unused - firstProvider) }),
    [25, 80, 700, 6_500],
  ),
  ['names and numbers', { providerIDs: numbers(3), providerNames: names(3) }, 200],
  ['names of a category', { providerCategories: ['Health Plan'], providerNames: names(3) }, 50],
  ['a person', { participantIdentifier: person }, 200],
  ['a person at a provider', { participantIdentifier: person, providerNames: names(20) }, 500],
];

/** What a page looks at when its statement runs the second time, in the situation that `prepare` makes. */
async function countLooks(
  filters: AccountFilters,
  prepare: (transaction: Transaction) => Promise<unknown> = () => Promise.resolve(),
  { projectID } = study,
) {
  return database.transaction(async (transaction) => {
    await prepare(transaction);
    const { text, values } = pageStatement(projectID, filters, 0, 100);
    const literals = values.map((value) =>
      Array.isArray(value) ? `'{${value.map((one) => `"${one}"`).join(',')}}'` : `'${String(value)}'`,
    );
    await transaction.query(raw(`prepare page as ${text}`));
    const explain = raw(`explain (analyze, buffers, format json) execute page (${literals.join(', ')})`);
    const [row] = [await transaction.query(explain), await transaction.query(explain)][1] as unknown as [
      { 'QUERY PLAN': [{ Plan: Record<string, number> }] },
    ];
    await transaction.query(raw('deallocate page'));
    const plan = row['QUERY PLAN'][0].Plan;
    return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
  });
}

const tables: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['never analysed', () => Promise.resolve()],
  ['analysed and vacuumed', () => database.query(raw('vacuum analyze'))],
  [
    'analysed when they were nearly empty',
    async () => {
      await database.transaction(async (transaction) => {
        await transaction.query(
          sql`create temporary table kept on commit drop as select * from external_accounts`,
        );
        await transaction.query(sql`delete from external_accounts`);
        await transaction.query(sql`insert into external_accounts select * from kept limit 10`);
        await transaction.query(sql`analyze external_accounts`);
        await transaction.query(sql`insert into external_accounts select * from kept on conflict do nothing`);
      });
    },
  ],
];

describe('the statement of a page', () => {
  for (const [state, bring] of tables)
    describe(`of tables ${state}`, () => {
      beforeAll(bring);
      for (const mode of ['force_custom_plan', 'force_generic_plan'])
        for (const [name, filters, most] of shapes)
          it(`looks only at what is on the page of ${name}, with ${mode}`, async () => {
            const looks = await countLooks(filters, (transaction) =>
              transaction.query(raw(`set local plan_cache_mode = ${mode}`)),
            );
            expect(looks).toBeLessThan(most);
          });
    });
});

describe('a small study', () => {
  it.each([
    ['one status', { statuses: ['fetchComplete'] }],
    ['two statuses', { statuses: ['fetchComplete', 'unauthorized'] }],
  ] as const)('costs a page of %s no more than a large one', async (_name, filters) => {
    const looks = await countLooks(filters, undefined, small);
    expect(looks).toBeLessThan(1.2 * (await countLooks(filters)));
  });
});

async function readLooks(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ looks: number }>(sql`
    select sum(seq_tup_read + idx_tup_fetch)::integer as looks from pg_stat_xact_user_tables
     where relname in ('providers', 'external_accounts')`);
  return row!.looks;
}

describe('connecting', () => {
  it('looks at none of the other organisations of the endpoint', async () => {
    const subject = {
      projectID: study.projectID,
      participantID: await study.addParticipant(),
      providerID: firstProvider + 1,
    };
    const plan = await planConnection(database, subject);
    const place = { projectID: subject.projectID, ...plan, version: 1 };
    const grant = await sealGrant(createTestVault(database), place, { accessToken: new Secret('token') });
    const looks = await database.transaction(async (transaction) => {
      // What this connection did just before may not have been handed in, and is among the figures then.
      const before = await readLooks(transaction);
      await connectAccount(transaction, {
        ...subject,
        ...plan,
        grant,
        actor: 'test',
        now: Date.parse('2026-11-29T00:00:00Z'),
        userID: 'somebody new',
        predecessorUserID: undefined,
        isProxy: undefined,
        scopes: ['A'],
        askedScopes: ['A'],
      });
      return (await readLooks(transaction)) - before;
    });
    expect(looks).toBeLessThan(50);
  });
});
