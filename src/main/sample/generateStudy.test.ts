import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportedAccount } from '../../accounts/importedAccount.ts';
import { settledStatuses } from '../../contract/externalAccount.ts';
import { generateStudy } from './generateStudy.ts';
import { inventedPlans, inventedProviders } from './organisations.ts';
import { providerMix, studyBeganAt, studySeenAt } from './providerMix.ts';

const projectID = '00000000-0000-4000-8000-000000000001';
const generate = (accounts: number, seed = 'river', project = projectID) => [
  ...generateStudy({ projectID: project, accounts, seed }),
];
const digest = (rows: readonly ImportedAccount[]) =>
  createHash('sha256').update(JSON.stringify(rows)).digest('hex');

describe('a sample study', () => {
  const rows = generate(20_000);

  it('is the same for the same project, seed and number, whatever the letter case of the project', () => {
    expect(generate(3_000)).toEqual(generate(3_000));
    expect(generate(100, 'river', projectID.toUpperCase())).toEqual(generate(100));
    expect(generate(1_000)).toEqual(rows.slice(0, 1_000));
  });

  it('is the one that it was in every release and on every machine', () => {
    expect(digest(generate(2_000))).toMatchInlineSnapshot(
      `"4726d50891f2422b6aae9ac2058e82a528f8e145f86a74c6ecf7a9a0cb0f9ed1"`,
    );
  });

  it('is another one for another seed or project', () => {
    const others = [generate(50), generate(50, 'lake'), generate(50, 'river', projectID.replace('1', '2'))];
    const people = others.flatMap((study) => [...new Set(study.map(({ participantID }) => participantID))]);
    expect(new Set(people).size).toBe(people.length);
    expect(new Set(others.map(digest)).size).toBe(3);
  });

  it.each([0, 1, 2, 3, 999, 20_000])(
    'has exactly the number of accounts that was asked for: %i',
    (accounts) => {
      const study = accounts === 20_000 ? rows : generate(accounts);
      expect(study).toHaveLength(accounts);
      expect(study.map(({ line }) => line)).toEqual(study.map((_, index) => index + 1));
    },
  );

  it.each([-1, 1.5, Number.NaN, 10_000_001])('refuses to have %d accounts', (accounts) => {
    expect(() => generateStudy({ projectID, accounts, seed: '' }).next()).toThrow(RangeError);
  });

  it('gives a participant each provider once, and one identifier', () => {
    const pairs = new Set(rows.map(({ participantID, providerName }) => `${participantID} ${providerName}`));
    expect(pairs.size).toBe(rows.length);
    const people = new Map(
      rows.map(({ participantID, participantIdentifier }) => [participantID, participantIdentifier]),
    );
    expect(new Set(people.values()).size).toBe(people.size);
    const perPerson = Object.values(
      Object.groupBy(rows, ({ participantIdentifier }) => participantIdentifier),
    ).map((own) => own?.length ?? 0);
    expect(Math.max(...perPerson)).toBe(4);
    expect(rows.length / people.size).toBeGreaterThan(1.8);
    expect(rows.length / people.size).toBeLessThan(2.2);
  });

  it('names a user of a provider once', () => {
    const users = rows
      .filter(({ providerUserID }) => providerUserID !== null)
      .map((row) => `${row.providerName} ${row.providerUserID ?? ''}`);
    expect(new Set(users).size).toBe(users.length);
  });

  it('has believable shares of statuses, categories and makers', () => {
    const share = (matches: (row: ImportedAccount) => boolean) =>
      (100 * rows.filter(matches).length) / rows.length;
    expect(share(({ status }) => status === 'fetchComplete')).toBeCloseTo(78, -0.5);
    expect(share(({ status }) => status === 'unauthorized')).toBeCloseTo(9, -0.3);
    expect(share(({ status }) => status === 'error')).toBeCloseTo(5, -0.3);
    expect(share(({ status }) => status === null)).toBeCloseTo(8, -0.3);
    const between = (found: number, least: number, most: number) => {
      expect(found).toBeGreaterThan(least);
      expect(found).toBeLessThan(most);
    };
    between(
      share((row) => row.providerCategory === 'Device Manufacturer'),
      54,
      64,
    );
    between(
      share((row) => row.providerCategory === 'Provider'),
      27,
      36,
    );
    between(
      share((row) => row.providerCategory === 'Health Plan'),
      7,
      13,
    );
    const makers = [
      ['Google Health', 15, 22],
      ['Garmin', 11, 17],
      ['Oura', 8, 12],
      ['Dexcom', 4, 7],
      ['Omron', 4, 7],
      ['Fitbit', 4, 9],
    ] as const;
    for (const [name, least, most] of makers)
      between(
        share((row) => row.providerName === name),
        least,
        most,
      );
    expect(new Set(rows.map(({ providerName }) => providerName)).size).toBe(providerMix.length);
  });

  it('is made of rows that the schema accepts', () => {
    const numbers = new Map([
      ['Google Health', 49369],
      ['Garmin', 6327],
      ['Oura', 45417],
      ['Dexcom', 5691],
      ['Omron', 1466],
      ['Fitbit', 564],
    ]);
    const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,2}[1-9]|\.[1-9])?$/;
    for (const row of rows) {
      const wrong = [
        row.accountID !== null && 'account number',
        !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(
          row.participantID ?? '',
        ) && 'participant',
        !/^RIVER-\d{5}$/.test(row.participantIdentifier) && 'identifier',
        row.status !== null && !settledStatuses.includes(row.status) && 'status',
        (row.status === null) !== (row.lastFetchAt === null) && 'fetch date of an unfinished first fetch',
        !instant.test(row.connectedAt) && 'connection date',
        row.lastFetchAt !== null && !instant.test(row.lastFetchAt) && 'fetch date',
        Date.parse(`${row.connectedAt}Z`) < studyBeganAt && 'connected before the study',
        Date.parse(`${row.connectedAt}Z`) > studySeenAt && 'connected after the study',
        row.lastFetchAt !== null &&
          Date.parse(`${row.lastFetchAt}Z`) > studySeenAt &&
          'fetched after the study',
        row.lastFetchAt !== null &&
          Date.parse(`${row.lastFetchAt}Z`) < Date.parse(`${row.connectedAt}Z`) &&
          'fetched before',
        (numbers.get(row.providerName) ?? null) !== row.providerID && 'provider number',
        (row.providerCategory === 'Device Manufacturer') !== (row.dataScopes !== null) &&
          'scopes of the category',
        row.dataScopes?.length === 0 && 'no scope',
        row.dataScopes?.some((scope) => /[\s,]/.test(scope)) === true && 'a separator inside a scope',
        new Set(row.dataScopes).size !== (row.dataScopes?.length ?? 0) && 'a scope twice',
      ].filter((finding) => finding !== false);
      if (wrong.length > 0) throw new Error(`${JSON.stringify(row)}: ${wrong.join(', ')}`);
    }
  });

  it('shows Fitbit as it is after its end: mostly without a grant, and never fetched since', () => {
    const fitbit = rows.filter(({ providerName }) => providerName === 'Fitbit');
    expect(fitbit.filter(({ status }) => status === 'unauthorized').length / fitbit.length).toBeGreaterThan(
      0.7,
    );
    expect(fitbit.every(({ lastFetchAt }) => lastFetchAt !== null && lastFetchAt < '2026-10-01')).toBe(true);
    expect(rows.every((row) => row.providerName !== 'Google Health' || row.connectedAt > '2026-03-02')).toBe(
      true,
    );
  });

  it('lets most accounts grant everything and some a part, in the order of the maker', () => {
    const garmin = rows
      .filter(({ providerName }) => providerName === 'Garmin')
      .map(({ dataScopes }) => dataScopes?.join(', '));
    const usual = garmin.filter((scopes) => scopes === 'ACTIVITY_EXPORT, HEALTH_EXPORT, MCT_EXPORT').length;
    expect(usual / garmin.length).toBeGreaterThan(0.7);
    expect(garmin).toContain('ACTIVITY_EXPORT, HEALTH_EXPORT');
    expect(garmin).toContain('ACTIVITY_EXPORT, HEALTH_EXPORT, MCT_EXPORT, HISTORICAL_DATA_EXPORT');
  });

  const directory = join(import.meta.dirname, '../../../../shared/data/fhir-endpoints');
  const present = existsSync(directory);
  it.skipIf(!present)(
    `names no real organisation${present ? '' : ' — NOT RUN: the real directories are not on this machine'}`,
    () => {
      const real = new Set<string>();
      for (const file of readdirSync(directory).filter((name) => name.endsWith('.json'))) {
        const { Endpoints } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as {
          Endpoints: { OrganizationName: string }[];
        };
        for (const { OrganizationName } of Endpoints) real.add(OrganizationName.trim().toLowerCase());
      }
      expect([...inventedProviders, ...inventedPlans].filter((name) => real.has(name.toLowerCase()))).toEqual(
        [],
      );
    },
  );
});
