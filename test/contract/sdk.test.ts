// On one PostgreSQL: what clients read is what it is about; ownAccounts and others have the same statements.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeProjectCatalogue } from '../../src/catalogue/projectCatalogue.ts';
import type { Database } from '../../src/platform/storage/database.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

const run = promisify(execFile);
const client = join(import.meta.dirname, '../harness/sdkClient.ts');
let database: Database;
let service: TestService;
let study: Study;
let base: string;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, {
    catalogue: await catalogueWith('garmin', 'oura', 'dexcom', 'whoop'),
  });
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://localhost:${(service.app.server.address() as AddressInfo).port}`;
  study = await createStudy(database);
});
afterAll(() => service.close());

interface Outcome {
  readonly outcomes: readonly unknown[];
  readonly instants: readonly number[];
}

/** What the SDK's methods give to a page, one after the other. */
async function call(
  token: string,
  calls: readonly (readonly [string, readonly unknown[]])[],
  timeZone = 'UTC',
): Promise<Outcome> {
  const { stdout } = await run(process.execPath, [client, base, token, JSON.stringify(calls)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: timeZone },
  });
  return JSON.parse(stdout) as Outcome;
}

async function newParticipant() {
  const participantID = await study.addParticipant();
  return { participantID, token: await service.issueParticipantToken(study.projectID, participantID) };
}

describe("the platform's JavaScript SDK, unmodified", () => {
  it('finds out who the participant is', async () => {
    const { participantID, token } = await newParticipant();
    const { outcomes } = await call(token, [['getParticipantInfo', []]]);
    expect(outcomes).toEqual([
      expect.objectContaining({ participantID, projectID: study.projectID, customFields: {} }),
    ]);
  });

  it('searches providers, with and without words, and lists the featured ones', async () => {
    const { token } = await newParticipant();
    await database.transaction((transaction) =>
      changeProjectCatalogue(transaction, {
        projectID: study.projectID,
        change: (current) => ({ ...current, featured: { '': [45417], start: [6327] } }),
        actor: 'test',
        now: 0,
      }),
    );
    const { outcomes } = await call(token, [
      ['getExternalAccountProviders', ['garm', '', 45, 0]],
      ['getExternalAccountProviders', ['', 'device manufacturer', 2, 1]],
      ['getFeaturedProviders', []],
      ['getFeaturedProviders', ['start']],
    ]);
    expect(outcomes[0]).toEqual({
      externalAccountProviders: [expect.objectContaining({ id: 6327, name: 'Garmin', enabled: true })],
      totalExternalAccountProviders: 1,
    });
    expect((outcomes[1] as { externalAccountProviders: unknown[] }).externalAccountProviders).toHaveLength(2);
    expect(outcomes[2]).toEqual([expect.objectContaining({ id: 45417 })]);
    expect(outcomes[3]).toEqual([expect.objectContaining({ id: 6327 })]);
  });

  it('lists and deletes her accounts', async () => {
    const { participantID, token } = await newParticipant();
    const id = await study.addAccount({ participantID, scopes: ['A', 'B'] });
    const { outcomes } = await call(token, [
      ['getExternalAccounts', []],
      ['deleteExternalAccount', [id]],
      ['getExternalAccounts', []],
      ['deleteExternalAccount', [id]],
    ]);
    expect(outcomes[0]).toEqual([
      expect.objectContaining({ id, status: 'fetchComplete', dataScopes: 'A B' }),
    ]);
    expect(outcomes[1]).toEqual({ status: 204 });
    expect(outcomes[2]).toEqual([]);
    // Twice is as good as once: another tab may have been quicker.
    expect(outcomes[3]).toEqual({ status: 204 });
  });

  it('finds out which study she is in, and that nothing comes from devices themselves', async () => {
    const { token } = await newParticipant();
    const { outcomes } = await call(token, [
      ['getProjectInfo', []],
      ['getDataAvailability', []],
    ]);
    expect(outcomes).toEqual([
      expect.objectContaining({
        id: study.projectID,
        type: 'Research Study',
        organization: expect.objectContaining({ id: study.projectID, color: '#2f5d8a' }) as unknown,
      }),
      { appleHealthRecords: false, healthConnectPhr: false },
    ]);
  });

  it('asks for newer data, and sees at once that it is being fetched', async () => {
    const { participantID, token } = await newParticipant();
    const id = await study.addAccount({ participantID, hasGrant: true });
    const { outcomes } = await call(token, [
      ['refreshExternalAccount', [id]],
      ['refreshExternalAccount', [id]],
      ['getExternalAccounts', []],
      ['refreshExternalAccount', [2_000_000_000]],
    ]);
    // The SDK gives nothing for it.
    expect(outcomes.slice(0, 2)).toEqual([null, null]);
    expect(outcomes[2]).toEqual([expect.objectContaining({ id, status: 'fetchingData' })]);
    expect(outcomes[3]).toEqual({ thrown: expect.stringContaining('Not Found') as string });
  });

  it.each(['UTC', 'America/New_York', 'Asia/Tokyo'])('reads the same instants in %s', async (timeZone) => {
    const { participantID, token } = await newParticipant();
    await study.addAccount({ participantID, lastFetchAt: '2026-05-04T03:02:01.5Z' });
    const { instants } = await call(token, [['getExternalAccounts', []]], timeZone);
    expect(instants).toEqual([Date.parse('2026-05-04T03:02:01.5Z')]);
  });

  it('is told that a token is not valid', async () => {
    const { outcomes } = await call('trp_made-up', [['getExternalAccounts', []]]);
    expect(outcomes).toEqual([{ thrown: expect.stringContaining('Unauthorized') as string }]);
  });
});
