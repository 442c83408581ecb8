import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteAccount } from '../../src/accounts/deleteAccount.ts';
import { importAccounts, type AccountImportOutcome } from '../../src/accounts/importAccounts.ts';
import type { ImportedAccount } from '../../src/accounts/importedAccount.ts';
import { readAccountFile } from '../../src/accounts/readAccountFile.ts';
import { settledState } from '../../src/accounts/state/statusMachine.ts';
import { openExport } from '../../src/exports/openExport.ts';
import { definition as dataScopes } from '../../src/exports/definitions/dataScopes.ts';
import { BadLines } from '../../src/platform/intake/badLines.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { raw, sql, type Database } from '../../src/platform/storage/database.ts';
import { toFileRow, writeCsv } from '../builders/accountFile.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const clock = createFakeClock();
let database: Database;
let study: Study;
let line = 0;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
});
beforeEach(async () => {
  study = await createStudy(database);
  line = 0;
});

/** Numbers that no other test of this file uses; what sequences draw after one was kept lies in between. */
let number = 1_000_000;
const nextNumber = () => (number += 10_000);

function account(given: Partial<ImportedAccount> = {}): ImportedAccount {
  line++;
  return {
    line,
    accountID: nextNumber(),
    participantID: randomUUID(),
    participantIdentifier: `P-${line}`,
    status: 'fetchComplete',
    lastFetchAt: '2026-01-02T03:04:05',
    providerID: 6327,
    providerName: 'Garmin',
    providerCategory: 'Device Manufacturer',
    connectedAt: '2026-01-01T00:00:00',
    providerUserID: randomUUID(),
    dataScopes: ['ACTIVITY_EXPORT', 'HEALTH_EXPORT'],
    ...given,
  };
}

function importRows(
  rows: Iterable<ImportedAccount> | AsyncIterable<ImportedAccount>,
  projectID = study.projectID,
  into = database,
): Promise<AccountImportOutcome> {
  return importAccounts(into, {
    projectID,
    rows: Readable.from(rows),
    badLines: new BadLines(),
    clock,
    random: systemRandom,
    actor: 'command-line:test',
    source: { name: 'test.csv', sha256: () => 'a'.repeat(64) },
  });
}

async function importFile(content: string | Buffer, projectID = study.projectID, into = database) {
  const { accounts, badLines, sha256 } = readAccountFile(Readable.from([Buffer.from(content)]));
  return importAccounts(into, {
    projectID,
    rows: accounts,
    badLines,
    clock,
    random: systemRandom,
    actor: 'command-line:test',
    source: { name: 'test.csv', sha256 },
  });
}

async function reportOf(outcome: Promise<AccountImportOutcome>) {
  const done = await outcome;
  if (done.outcome === 'refused') throw new Error(JSON.stringify(done.badLines));
  return done.report;
}

async function mistakesOf(outcome: Promise<AccountImportOutcome>) {
  const done = await outcome;
  if (done.outcome === 'imported') throw new Error('It was imported');
  return done.badLines;
}

async function exportCsv(projectID = study.projectID, from = database): Promise<string> {
  const { stream } = await openExport(from, clock, {
    definition: dataScopes,
    format: 'csv',
    projectID,
    actor: 'command-line:test',
  });
  return text(stream);
}

/** Everything an import could leave behind, and the sequences. */
async function countRows(of = database) {
  const [counts] = await of.query<Record<string, string | boolean>>(
    raw(`select ${[
      'projects',
      'participants',
      'providers',
      'external_accounts',
      'scope_periods',
      'audit_entries',
      'deleted_accounts',
    ]
      .map((table) => `(select count(*) from ${table}) as ${table}`)
      .join(', ')},
      (select last_value from external_account_numbers) as accounts_drawn,
      (select last_value from provider_numbers) as providers_drawn`),
  );
  return counts;
}

interface StoredAccount {
  account_id: number;
  participant_id: string;
  participant_identifier: string;
  provider_id: number;
  status: string;
  settled_status: string | null;
  last_fetch_at: Date | null;
  last_success_at: Date | null;
}

function accountsOf(projectID = study.projectID): Promise<StoredAccount[]> {
  return database.query<StoredAccount>(sql`
    select account.*, participant_identifier from external_accounts account
      join participants using (project_id, participant_id)
     where project_id = ${projectID} order by account_id`);
}

describe('the samples of the specification', () => {
  const scopes =
    'profile sleep oxygen_saturation respiratory_rate temperature electrocardiogram settings weight activity heartrate nutrition cardio_fitness';
  const csv = `ExternalAccountID,ParticipantID,ParticipantIdentifier,Status,LastRefreshDate,ProviderID,ProviderName,ProviderCategory,ConnectionDate,ProviderUserID,DataScopes
1,28596c6c-03c8-4b32-9234-231a53556936,MDH-1234,FetchComplete,2023-01-02T03:04:05,2,Fitbit,Device Manufacturer,2023-01-02T03:04:05,6709dc13-ca3e-4969-886a-fe0889eb8256,${scopes}
`;
  const json = `{
"ExternalAccountID": 1,
"ParticipantID": "28596c6c-03c8-4b32-9234-231a53556936",
"ParticipantIdentifier": "MDH-1234",
"Status": "FetchComplete",
"LastRefreshDate": "2023-01-02T03:04:05",
"Provider":
{
"ID": 2,
"Name": "Fitbit",
"Category": "Device Manufacturer"
},
"ConnectionDate": "2023-01-02T03:04:05",
"ProviderUserID": "6709dc13-ca3e-4969-886a-fe0889eb8256",
"DataScopes": "${scopes}"
}`;

  it.each([
    ['CSV', csv],
    ['JSON, made valid', json],
  ])('%s is imported, and exported as the CSV again', async (_name, file) => {
    const own = await createTestDatabase();
    const { projectID } = await createStudy(own.database);
    expect(await reportOf(importFile(file, projectID, own.database))).toEqual({
      accounts: 1,
      participants: { created: 1, found: 0 },
      providers: { created: 1, found: 0 },
      mappings: [],
      mappingCount: 0,
    });
    expect(await exportCsv(projectID, own.database)).toBe(csv);
  });
});

describe('export, import into an empty installation, export', () => {
  it('gives the same bytes: all statuses, separators, quotes, empty values', async () => {
    const maker = { providerCategory: 'Device Manufacturer' as const };
    const commas = { ...maker, providerID: nextNumber(), providerName: 'Commas, Inc.' };
    const rows = [
      account({ status: 'error', participantIdentifier: 'with "quotes", commas' }),
      account({ status: 'unauthorized', lastFetchAt: null, participantIdentifier: 'über\r\nzeile' }),
      account({ status: null, lastFetchAt: null, providerUserID: null, dataScopes: null }),
      account({ ...commas, dataScopes: ['a', 'b'], scopeSeparator: ', ' }),
      account({ ...commas, dataScopes: ['alone'] }),
      account({
        ...maker,
        providerID: 42,
        providerName: 'Spaces',
        dataScopes: ['x', 'y'],
        scopeSeparator: ' ',
      }),
      // The same number for another provider, and one without a number.
      account({ ...maker, providerID: 42, providerName: 'Also 42', dataScopes: ['NULL', '"', '\\', '{}'] }),
      account({ ...maker, providerID: null, providerName: 'Unnumbered', dataScopes: null }),
    ];
    await reportOf(importRows(rows));
    const first = await exportCsv();
    expect(first.split('\n').length).toBeGreaterThan(8);
    const own = await createTestDatabase();
    const { projectID } = await createStudy(own.database);
    const report = await reportOf(importFile(first, projectID, own.database));
    expect(report).toMatchObject({ accounts: 8, mappingCount: 0, providers: { created: 4, found: 1 } });
    expect(await exportCsv(projectID, own.database)).toBe(first);
  });
});

describe('the state of an imported account', () => {
  it('is that of the status machine, for every Status', async () => {
    const statuses = ['fetchComplete', 'error', 'unauthorized', null] as const;
    await reportOf(
      importRows(
        statuses.map((status) =>
          account({ status, lastFetchAt: status === null ? null : '2026-01-02T03:04:05.25' }),
        ),
      ),
    );
    const stored = await accountsOf();
    for (const [index, status] of statuses.entries()) {
      const fetchedAt = status === null ? null : Date.parse('2026-01-02T03:04:05.25Z');
      const row = stored[index]!;
      expect({
        status: row.status,
        settledStatus: row.settled_status,
        lastFetchAt: row.last_fetch_at?.getTime() ?? null,
        lastSuccessAt: row.last_success_at?.getTime() ?? null,
      }).toEqual(settledState(status, fetchedAt));
    }
  });

  it('has an open scope period from the connection on, if the file has scopes, and audit rows', async () => {
    const [first, second, clinic] = [
      account(),
      account({ dataScopes: null }),
      account({
        providerID: nextNumber(),
        providerName: 'Clinic',
        providerCategory: 'Provider',
        dataScopes: ['patient/*.rs'],
      }),
    ];
    await reportOf(importRows([first, second, clinic]));
    const periods = await database.query(sql`
      select account_id, participant_id, provider_id, scopes, began_at, ended_at, previous_ended_at from scope_periods
       where project_id = ${study.projectID} order by account_id`);
    const began_at = new Date('2026-01-01T00:00:00Z');
    const open = { began_at, ended_at: null, previous_ended_at: null };
    expect(periods).toEqual([
      {
        ...open,
        account_id: first.accountID,
        participant_id: first.participantID,
        provider_id: 6327,
        scopes: first.dataScopes,
      },
      {
        ...open,
        account_id: clinic.accountID,
        participant_id: clinic.participantID,
        provider_id: clinic.providerID,
        scopes: ['patient/*.rs'],
      },
    ]);
    const audit = await database.query(sql`
      select actor, action, account_id, details, occurred_at from audit_entries
       where project_id = ${study.projectID} order by entry_id`);
    const common = { actor: 'command-line:test', occurred_at: new Date(clock.now()) };
    expect(audit).toEqual([
      ...[first, second, clinic].map(({ accountID }) => ({
        ...common,
        action: 'external-account.imported',
        account_id: accountID,
        details: null,
      })),
      {
        ...common,
        action: 'external-accounts.imported',
        account_id: null,
        details: {
          source: 'test.csv',
          sha256: 'a'.repeat(64),
          accounts: 3,
          participantsCreated: 3,
          participantsFound: 0,
          providersCreated: 1,
          providersFound: 1,
          mapped: 0,
        },
      },
    ]);
  });
});

describe('a file with more variety than is kept in memory', () => {
  it('of lists of scopes is stored as it is', async () => {
    const own = (await createTestDatabase()).database;
    const { projectID } = await createStudy(own);
    const scopesOf = (row: number) =>
      [`scope-${row % 20_500}`, '"', '\\', 'NULL', ''].slice(0, 1 + (row % 5));
    function* rows() {
      for (let row = 1; row <= 21_000; row++)
        yield account({ line: row, accountID: row, dataScopes: scopesOf(row) });
    }
    await reportOf(importRows(rows(), projectID, own));
    const stored = await own.query<{ account_id: number; scopes: string[] }>(
      sql`select account_id, scopes from scope_periods order by account_id`,
    );
    expect(stored).toHaveLength(21_000);
    expect(stored.filter((row) => row.scopes.join() !== scopesOf(row.account_id).join())).toEqual([]);
  });

  it('of providers is refused', async () => {
    const before = await countRows();
    function* rows() {
      for (let row = 1; row <= 100_002; row++)
        yield account({ providerID: row, providerName: `Clinic ${row % 7}` });
    }
    const outcome = await importRows(rows());
    expect(outcome).toMatchObject({ outcome: 'refused', badLineCount: 2 });
    expect(outcome).toMatchObject({
      badLines: [
        {
          line: 100_001,
          column: 'ProviderName',
          reason: 'the file names more than 100000 different providers',
        },
        { line: 100_002 },
      ],
    });
    expect(await countRows()).toEqual(before);
  });
});

describe('account numbers', () => {
  it('are kept where free; those of accounts that are or were, of ledgers, and huge ones are not', async () => {
    const [here, gone, ledger] = [nextNumber(), nextNumber(), nextNumber()];
    const other = await createStudy(database);
    await other.addAccount({ id: here });
    await other.addAccount({ id: gone });
    await deleteAccount(database, { projectID: other.projectID, accountID: gone, actor: 'test', now: 0 });
    await database.query(sql`
      insert into scope_periods (account_id, project_id, participant_id, provider_id, scopes, began_at)
      values (${ledger}, ${other.projectID}, ${randomUUID()}, 6327, '{a}', now())`);
    const free = account();
    const wanted = [here, gone, ledger, 2_000_000_001];
    const report = await reportOf(
      importRows([...wanted.map((accountID) => account({ accountID })), free, account({ accountID: null })]),
    );
    const given = (await accountsOf()).map((row) => row.account_id);
    expect(given).toContain(free.accountID);
    expect(given).toHaveLength(6);
    expect(given.filter((id) => wanted.includes(id))).toEqual([]);
    // New numbers in the order of the file.
    const first = Number(report.mappings[0]?.given);
    expect(report.mappings).toEqual(
      wanted.map((id, index) => ({ kind: 'account', wanted: id, given: first + index })),
    );
    expect(report.mappingCount).toBe(4);
    const audited = await database.query<{ account_id: number; details: unknown }>(sql`
      select account_id, details from audit_entries
       where project_id = ${study.projectID} and details ? 'importedAs' order by account_id`);
    expect(audited).toEqual(
      wanted.map((id, index) => ({ account_id: first + index, details: { importedAs: id } })),
    );
  });

  it('are never drawn again: not after the import, and not by those who draw while it runs', async () => {
    const clients: number[] = [];
    const connect = async () => clients.push(await study.addAccount());
    const start = await connect();
    expect(start).toBe(1);
    const base = clients[0]!;
    // The very next numbers, so that everybody wants the same ones.
    const wanted = Array.from({ length: 400 }, (_, index) => base + 1 + index);
    const target = await createStudy(database);
    let during: Promise<unknown>[] = [];
    async function* rows() {
      for (const accountID of wanted) {
        yield account({ accountID });
        if (accountID % 20 === 0) during = [...during, connect()];
      }
      // In the file's view these are free; they are not any more when it is stored.
      await Promise.all(during);
    }
    const imported = importRows(rows(), target.projectID);
    const beside = (async () => {
      for (let round = 0; round < 60; round++) await connect();
    })();
    await reportOf(imported);
    await beside;
    for (let round = 0; round < 5; round++) await connect();
    const stored = (await accountsOf(target.projectID)).map((row) => row.account_id);
    expect(stored).toHaveLength(400);
    expect(new Set([...stored, ...clients]).size).toBe(stored.length + clients.length);
    expect(stored.some((id) => wanted.includes(id))).toBe(true);
    expect(stored.some((id) => !wanted.includes(id))).toBe(true);
  });
});

describe('participants', () => {
  it('are found by identifier, created under their GUID if it is free, else under a new one', async () => {
    const other = await createStudy(database);
    const foreign = await other.addParticipant('P-foreign');
    const known = await study.addParticipant('P-known');
    const otherwise = await study.addParticipant('P-otherwise');
    const unnamed = await study.addParticipant('P-unnamed');
    const wantedOtherwise = randomUUID();
    const free = account({ participantIdentifier: 'P-free' });
    const rows = [
      account({ participantIdentifier: 'P-known', participantID: known }),
      account({ participantIdentifier: 'P-otherwise', participantID: wantedOtherwise }),
      account({ participantIdentifier: 'P-unnamed', participantID: null }),
      free,
      // Taken by another project, by another participant here, and twice the same person in the file.
      account({ participantIdentifier: 'P-taken', participantID: foreign }),
      account({ participantIdentifier: 'P-here', participantID: otherwise }),
      account({ participantIdentifier: 'P-new', participantID: null }),
      account({
        participantIdentifier: 'P-new',
        participantID: null,
        providerID: 45417,
        providerName: 'Oura',
      }),
    ];
    const report = await reportOf(importRows(rows));
    const stored = new Map(
      (await accountsOf()).map((row) => [row.participant_identifier, row.participant_id]),
    );
    expect(stored.get('P-known')).toBe(known);
    expect(stored.get('P-otherwise')).toBe(otherwise);
    expect(stored.get('P-unnamed')).toBe(unnamed);
    expect(stored.get('P-free')).toBe(free.participantID);
    expect(report.participants).toEqual({ created: 4, found: 3 });
    expect(new Map(report.mappings.map(({ wanted, given }) => [wanted, given]))).toEqual(
      new Map([
        [wantedOtherwise, otherwise],
        [foreign, stored.get('P-taken')],
        [otherwise, stored.get('P-here')],
      ]),
    );
    expect(stored.get('P-taken')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(new Set(stored.values()).size).toBe(7);
  });

  it('whose GUID stands on some lines only are one', async () => {
    const participantID = randomUUID();
    const same = { participantIdentifier: 'P-same' };
    await reportOf(
      importRows([
        account({ ...same, participantID: null }),
        account({ ...same, participantID, providerID: 45417, providerName: 'Oura' }),
      ]),
    );
    expect((await accountsOf()).map((row) => row.participant_id)).toEqual([participantID, participantID]);
  });

  it('that somebody adds while the file is read are found', async () => {
    const late = account();
    async function* rows() {
      yield late;
      await study.addParticipant(late.participantIdentifier, late.participantID!);
    }
    expect((await reportOf(importRows(rows()))).participants).toEqual({ created: 0, found: 1 });
  });
});

describe('providers', () => {
  const clinic = { providerCategory: 'Provider' as const, dataScopes: null };
  const providerOf = async (projectID = study.projectID) =>
    (await accountsOf(projectID)).map((row) => row.provider_id);

  it('keep a number that is free, or that is theirs already', async () => {
    const named = { ...clinic, providerID: nextNumber(), providerName: 'Kept Clinic' };
    expect((await reportOf(importRows([account(named)]))).providers).toEqual({ created: 1, found: 0 });
    const again = await createStudy(database);
    expect((await reportOf(importRows([account(named)], again.projectID))).providers).toEqual({
      created: 0,
      found: 1,
    });
    expect(await providerOf(again.projectID)).toEqual([named.providerID]);
    const [row] = await database.query(
      sql`select source, enabled from providers where provider_id = ${named.providerID}`,
    );
    expect(row).toEqual({ source: 'import', enabled: true });
  });

  it('whose number is taken are the one of the same name and category, else new, and the same next time', async () => {
    const [taken, namesake] = [nextNumber(), nextNumber()];
    await study.addProvider({ id: taken, name: 'Owner' });
    await study.addProvider({ id: namesake, name: 'Namesake' });
    // The same name in another category is another provider.
    await study.addProvider({ id: nextNumber(), name: 'Stranger', category: 'Health Plan' });
    const rows = () => [
      account({ ...clinic, providerID: taken, providerName: 'Namesake' }),
      account({ ...clinic, providerID: taken, providerName: 'Stranger' }),
      account({ ...clinic, providerID: 2_100_000_000, providerName: 'Huge' }),
    ];
    const first = await reportOf(importRows(rows()));
    const [one, two, three] = await providerOf();
    expect(one).toBe(namesake);
    expect(first.providers).toEqual({ created: 2, found: 1 });
    expect(first.mappings).toEqual(
      [
        { kind: 'provider', wanted: taken, given: one },
        { kind: 'provider', wanted: taken, given: two },
        { kind: 'provider', wanted: 2_100_000_000, given: three },
      ].sort((left, right) => left.wanted - right.wanted),
    );
    const again = await createStudy(database);
    const second = await reportOf(importRows(rows(), again.projectID));
    expect(second.providers).toEqual({ created: 0, found: 3 });
    expect(await providerOf(again.projectID)).toEqual([one, two, three]);
  });

  it('of one name with two numbers stay two, whether their numbers are free or not', async () => {
    const twins = [nextNumber(), nextNumber()];
    for (const id of twins) await study.addProvider({ id, name: `Owner of ${id}` });
    const person = { participantIdentifier: 'P-both', participantID: randomUUID() };
    const rows = twins.map((providerID) =>
      account({ ...clinic, ...person, providerID, providerName: 'Memorial' }),
    );
    await reportOf(importRows(rows));
    expect(new Set(await providerOf()).size).toBe(2);
  });

  it('without a number are found by name and category, in the file before the catalogue, else new', async () => {
    const numbered = nextNumber();
    await study.addProvider({ name: 'In the catalogue' });
    const [known] = await database.query<{ provider_id: number }>(
      sql`select provider_id from providers where name = 'In the catalogue'`,
    );
    const report = await reportOf(
      importRows([
        account({ ...clinic, providerID: null, providerName: 'In the file' }),
        account({ ...clinic, providerID: numbered, providerName: 'In the file' }),
        account({ ...clinic, providerID: null, providerName: 'In the catalogue' }),
        account({ ...clinic, providerID: null, providerName: 'Nowhere' }),
        account({ ...clinic, providerID: null, providerName: 'Nowhere' }),
      ]),
    );
    const [one, two, three, four, five] = await providerOf();
    expect([one, two, three]).toEqual([numbered, numbered, known!.provider_id]);
    expect(four).toBe(five);
    expect(report).toMatchObject({ providers: { created: 2, found: 1 }, mappingCount: 0 });
  });

  it('that want one number: the first of the file gets it', async () => {
    const providerID = nextNumber();
    await reportOf(
      importRows([
        account({ ...clinic, providerID, providerName: 'Zebra' }),
        account({ ...clinic, providerID, providerName: 'Aardvark' }),
      ]),
    );
    expect((await providerOf())[0]).toBe(providerID);
    expect(new Set(await providerOf()).size).toBe(2);
  });

  it('never get a number that was kept from an import', async () => {
    const [drawn] = await database.query<{ n: string }>(sql`select nextval('provider_numbers') as n`);
    const next = Number(drawn!.n) + 1;
    await reportOf(importRows([account({ ...clinic, providerID: next, providerName: 'Next' })]));
    expect(await study.addProvider({ name: 'Drawn after the import' })).toBeGreaterThan(next);
  });
});

describe('a file with mistakes is refused as a whole', () => {
  const oura = { providerID: 45417, providerName: 'Oura' };

  it('contradictions inside the file name the later line and the first', async () => {
    const person = { participantIdentifier: 'P-a', participantID: randomUUID() };
    const rows = [
      account(person),
      account({ ...person, ...oura, participantID: randomUUID() }),
      account({ participantID: person.participantID, participantIdentifier: 'P-b' }),
      account({ ...person, dataScopes: null }),
      account({ accountID: 5_000_001, providerUserID: 'u-1' }),
      account({ accountID: 5_000_001, providerUserID: 'u-1' }),
      account({ providerUserID: 'u-1', ...oura }),
    ];
    const before = await countRows();
    expect(await mistakesOf(importRows(rows))).toEqual([
      { line: 2, column: 'ParticipantID', reason: 'another ParticipantID for the participant of line 1' },
      {
        line: 3,
        column: 'ParticipantIdentifier',
        reason: 'another ParticipantIdentifier for the ParticipantID of line 1',
      },
      { line: 4, column: 'ParticipantIdentifier', reason: 'the same participant and provider as in line 1' },
      { line: 6, column: 'ExternalAccountID', reason: 'the same ExternalAccountID as in line 5' },
      {
        line: 6,
        column: 'ProviderUserID',
        reason: 'the same ProviderUserID at the same provider as in line 5',
      },
    ]);
    expect(await countRows()).toEqual(before);
  });

  it('takes a provider with and without its number for the same', async () => {
    const person = { participantIdentifier: 'P-a', participantID: null };
    const rows = [account(person), account({ ...person, providerID: null })];
    expect(await mistakesOf(importRows(rows))).toMatchObject([{ line: 2, column: 'ParticipantIdentifier' }]);
  });

  it('contradictions to the database name the account that is in the way', async () => {
    const mine = await study.addParticipant('P-mine');
    const known = await study.addAccount({ participantID: mine, providerUserID: 'u-mine' });
    const theirs = await study.addAccount({ providerUserID: 'u-theirs' });
    const before = await countRows();
    expect(
      await mistakesOf(
        importRows([
          account({ participantIdentifier: 'P-mine' }),
          account({ providerUserID: 'u-theirs' }),
          account(),
        ]),
      ),
    ).toEqual([
      {
        line: 1,
        column: 'ParticipantIdentifier',
        reason: `the participant already has an account with this provider, external account ${known}`,
      },
      {
        line: 2,
        column: 'ProviderUserID',
        reason: `this ProviderUserID belongs to another participant's account with the provider, external account ${theirs}`,
      },
    ]);
    expect(await countRows()).toEqual(before);
    // In another project neither is in the way.
    const other = await createStudy(database);
    await reportOf(
      importRows([account({ participantIdentifier: 'P-mine', providerUserID: 'u-theirs' })], other.projectID),
    );
  });

  it('the very same file a second time says that everything is here, and changes nothing', async () => {
    const rows = Array.from({ length: 1200 }, () => account());
    await reportOf(importRows(rows));
    const before = await countRows();
    const second = await importRows(rows);
    expect(await countRows()).toEqual(before);
    if (second.outcome === 'imported') throw new Error('It was imported');
    expect(second.badLineCount).toBe(1200);
    expect(second.badLines).toHaveLength(1000);
    for (const [index, mistake] of second.badLines.entries())
      expect(mistake).toEqual({
        line: index + 1,
        column: 'ParticipantIdentifier',
        reason: `already here, as external account ${rows[index]!.accountID}`,
      });
  });

  it('mistakes of the reader and of the database come together, in the order of the file', async () => {
    await study.addAccount({ participantID: await study.addParticipant('P-2') });
    const rows = [account(), account(), account()].map(toFileRow);
    const file = writeCsv([rows[0]!, rows[1]!, { ...rows[2]!, Status: 'Done' }]).replace(
      '2026-01-01',
      '2026-13-01',
    );
    const before = await countRows();
    const mistakes = await mistakesOf(importFile(file));
    expect(mistakes.map((mistake) => [mistake.line, mistake.column])).toEqual([
      [2, 'ConnectionDate'],
      [3, 'ParticipantIdentifier'],
      [4, 'Status'],
    ]);
    expect(await countRows()).toEqual(before);
  });

  it('counts JSON in records', async () => {
    const outcome = await importFile('[{"Status":"Done"}]');
    expect(outcome).toMatchObject({ outcome: 'refused', unit: 'record' });
  });
});

/** Sessions of this database that wait for what another one has not committed. */
async function countWaiting(): Promise<number> {
  const waiting = await database.query(sql`
    select from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'`);
  return waiting.length;
}

describe('nothing is stored', () => {
  it('when the source fails in the middle', async () => {
    const before = await countRows();
    function* rows() {
      for (let row = 0; row < 500; row++) yield account();
      throw new Error('disk');
    }
    await expect(importRows(rows())).rejects.toThrow('disk');
    expect(await countRows()).toEqual(before);
  });

  it('when there is no such project', async () => {
    const before = await countRows();
    await expect(importRows([account()], randomUUID())).rejects.toMatchObject({
      problem: { code: 'no-such-project' },
    });
    expect(await countRows()).toEqual(before);
  });

  it.each(['comes to nothing', 'is kept'])(
    'or all of it, when one of the connections is being made and %s',
    async (end) => {
      const wanted = account({ accountID: null });
      const participantID = await study.addParticipant(wanted.participantIdentifier, wanted.participantID!);
      const before = await countRows();
      const [connected, finish] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      // Not committed while the import checks its rows, so that only the key can tell.
      const connecting = database.transaction(async (transaction) => {
        await transaction.query(sql`
        insert into external_accounts (project_id, participant_id, provider_id, category, status, connected_at)
        values (${study.projectID}, ${participantID}, 6327, 'Device Manufacturer', 'fetchingData', now())`);
        connected.resolve(undefined);
        await finish.promise;
        if (end === 'comes to nothing') throw new Error(end);
      });
      await connected.promise;
      let settled = false;
      const imported = importRows([wanted]).finally(() => (settled = true));
      await vi.waitFor(async () => expect(await countWaiting()).toBe(1), 10_000);
      expect(settled).toBe(false);
      // Awaited from here on: of two promises, the second may fail before the first is done.
      const ends = Promise.allSettled([connecting, imported]);
      finish.resolve(undefined);
      const [connection, outcome] = await ends;
      if (end === 'comes to nothing') {
        expect(connection.status).toBe('rejected');
        expect(outcome).toMatchObject({ value: { outcome: 'imported' } });
        return;
      }
      expect(connection.status).toBe('fulfilled');
      expect(outcome).toMatchObject({ reason: { problem: { code: 'import-collided', status: 409 } } });
      expect(await countRows()).toMatchObject({
        external_accounts: String(Number(before?.external_accounts) + 1),
        audit_entries: before?.audit_entries,
      });
    },
  );

  it('of the second of two imports of one file at the same moment', async () => {
    const rows = Array.from({ length: 300 }, () => account());
    const outcomes = await Promise.all([importRows(rows), importRows(rows)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['imported', 'refused']);
    expect(await accountsOf()).toHaveLength(300);
  });
});

describe('the first large study of an installation', () => {
  const size = 50_000;
  let own: Database;
  beforeAll(async () => {
    own = (await createTestDatabase()).database;
  });

  function* rows(of = size) {
    for (let row = 1; row <= of; row++)
      yield account({
        line: row,
        accountID: row,
        participantIdentifier: `P-${row >> 1}`,
        participantID: null,
        ...(row % 2 === 0 ? { providerID: 45417, providerName: 'Oura' } : {}),
      });
  }

  const readSchema = () =>
    own.query(
      raw(`
      select conname as name, pg_get_constraintdef(oid) as definition, convalidated as valid from pg_constraint
      union all
      select indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid from pg_index
      order by name, definition`),
    );

  /** Another number when the index was built anew. */
  const readIndex = () => own.query(sql`select 'external_accounts_in_order'::regclass::oid`);

  it('is loaded with every key and index as it was before, which then refuse what they always did', async () => {
    const pilot = await createStudy(own);
    const existing = await pilot.addAccount({ id: 3_000_000 });
    const { projectID } = await createStudy(own);
    const [before, index] = [await readSchema(), await readIndex()];
    expect((await reportOf(importRows(rows(), projectID, own))).accounts).toBe(size);
    expect(await readSchema()).toEqual(before);
    expect(await readIndex()).not.toEqual(index);
    expect(await own.query(sql`select from external_accounts where account_id = ${existing}`)).toHaveLength(
      1,
    );
    const [known] = await own.query<{ participant_id: string }>(
      sql`select participant_id from external_accounts limit 1`,
    );
    const insert = own.query(sql`
      insert into external_accounts (project_id, participant_id, provider_id, category, status, connected_at)
      values (${projectID}, ${known!.participant_id}, 564, 'Provider', 'fetchingData', now())`);
    await expect(insert).rejects.toMatchObject({ code: '23503' });
  });

  it('can be followed by another as large, which takes new numbers and keeps nobody waiting', async () => {
    const { projectID } = await createStudy(own);
    const index = await readIndex();
    const report = await reportOf(importRows(rows(), projectID, own));
    expect(report).toMatchObject({ accounts: size, mappingCount: size });
    const [counts] = await own.query(sql`
      select count(*)::integer as accounts, count(distinct account_id)::integer as numbers from external_accounts`);
    expect(counts).toEqual({ accounts: 2 * size + 1, numbers: 2 * size + 1 });
    expect(await readIndex()).toEqual(index);
  });
});
