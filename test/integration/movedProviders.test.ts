import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectAccount, planConnection } from '../../src/accounts/connectAccount.ts';
import { sealGrant } from '../../src/accounts/grant.ts';
import { importAccounts } from '../../src/accounts/importAccounts.ts';
import { BadLines } from '../../src/platform/intake/badLines.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database, type Transaction } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { createTestVault } from '../harness/testVault.ts';

const urls = ['https://old.example/fhir', 'https://new.example/fhir'] as const;
let database: Database;
let study: Study;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  study = await createStudy(database);
  for (const url of urls) await database.query(sql`insert into endpoints (base_url) values (${url})`);
});

const addProvider = () => study.addProvider({ name: `Clinic ${randomUUID()}`, endpointUrl: urls[0] });

/** What it comes down to, whoever does it. */
function move(transaction: Transaction, providerID: number, url: string) {
  return transaction.query(sql`
    update providers set endpoint_id = (select endpoint_id from endpoints where base_url = ${url})
     where provider_id = ${providerID}`);
}

/** Connects somebody new; `beforeCommit` is run in the open transaction. */
async function connect(providerID: number, beforeCommit: () => Promise<void> = () => Promise.resolve()) {
  const subject = { projectID: study.projectID, participantID: await study.addParticipant(), providerID };
  const plan = await planConnection(database, subject);
  const place = { projectID: subject.projectID, ...plan, version: 1 };
  const grant = await sealGrant(createTestVault(database), place, { accessToken: new Secret('token') });
  await database.transaction(async (transaction) => {
    await connectAccount(transaction, {
      ...subject,
      ...plan,
      grant,
      actor: 'test',
      now: Date.parse('2026-11-29T00:00:00Z'),
      userID: randomUUID(),
      predecessorUserID: undefined,
      isProxy: undefined,
      scopes: [],
      askedScopes: [],
    });
    await beforeCommit();
  });
}

async function importOne(providerID: number, providerName: string) {
  return importAccounts(database, {
    projectID: study.projectID,
    rows: Readable.from([
      {
        line: 1,
        accountID: null,
        participantID: null,
        participantIdentifier: `IMPORTED-${randomUUID()}`,
        status: 'fetchComplete',
        lastFetchAt: '2026-01-02T03:04:05',
        providerID,
        providerName,
        providerCategory: 'Provider',
        connectedAt: '2026-01-01T00:00:00',
        providerUserID: randomUUID(),
        dataScopes: null,
      },
    ]),
    badLines: new BadLines(),
    clock: systemClock,
    random: systemRandom,
    actor: 'command-line:test',
    source: { name: 'test.csv', sha256: () => 'a'.repeat(64) },
  });
}

/** Accounts at the provider by the address of the endpoint that they carry. */
async function addresses(providerID: number): Promise<string[]> {
  const rows = await database.query<{ url: string }>(sql`
    select e.base_url as url from external_accounts a join endpoints e on e.endpoint_id = a.realm
     where a.provider_id = ${providerID}`);
  return rows.map(({ url }) => url);
}

/** Until somebody waits for a lock in this database. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const [row] = await database.query<{ waiting: number }>(sql`
      select count(*)::integer as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`);
    if (row!.waiting > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a provider that moves to another endpoint', () => {
  it('takes along an account that is being connected, which it waits for', async () => {
    const providerID = await addProvider();
    let moved: Promise<unknown> | undefined;
    await connect(providerID, async () => {
      moved = database.transaction((transaction) => move(transaction, providerID, urls[1]));
      await untilSomebodyWaits();
    });
    await moved;
    expect(await addresses(providerID)).toEqual([urls[1]]);
  });

  it.each([
    ['connected', connect],
    [
      'imported',
      async (providerID: number) => {
        const [row] = await database.query<{ name: string }>(
          sql`select name from providers where provider_id = ${providerID}`,
        );
        expect(await importOne(providerID, row!.name)).toMatchObject({ outcome: 'imported' });
      },
    ],
  ])('is waited for by an account that is being %s', async (_how, add) => {
    const providerID = await addProvider();
    let added: Promise<unknown> | undefined;
    await database.transaction(async (transaction) => {
      await move(transaction, providerID, urls[1]);
      added = add(providerID);
      await untilSomebodyWaits();
    });
    await added;
    expect(await addresses(providerID)).toEqual([urls[1]]);
  });

  it('leaves no account behind, in whatever order connections, imports and moves happen', async () => {
    const providerID = await addProvider();
    const [row] = await database.query<{ name: string }>(
      sql`select name from providers where provider_id = ${providerID}`,
    );
    const rounds = 12;
    for (let round = 0; round < rounds; round++)
      await Promise.all([
        connect(providerID),
        importOne(providerID, row!.name),
        database.transaction((transaction) => move(transaction, providerID, urls[(round + 1) % 2]!)),
        connect(providerID),
      ]);
    const found = await addresses(providerID);
    expect(found).toHaveLength(3 * rounds);
    expect(new Set(found)).toEqual(new Set([urls[rounds % 2]]));
  });
});
