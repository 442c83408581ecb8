// On one PostgreSQL: processes and signals are what it is about.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRevocations } from '../../src/accounts/runRevocations.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { createSeededRandom } from '../../src/platform/random/seededRandom.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { createStudy } from '../builders/study.ts';
import { chooseLength } from '../harness/chooseLength.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createJourneyBrowser, goToProvider } from '../harness/journeyBrowser.ts';
import { startKilledProcess, type KilledProcess } from '../harness/killedProcess.ts';
import { listHeld } from '../harness/listHeld.ts';
import { createTestVault } from '../harness/testVault.ts';
import { allowStudyPage, worlds, type World } from '../harness/worlds.ts';

/** In each world. */
const kills = chooseLength({ short: 6, long: 40 });
/** So many that some are left when the last process is killed. */
const grants = kills * 4 + 8;
const people = 3;
/** What a provider is called with at once. */
const places = 4;

describe.each(worlds)(`${kills} kills while grants are given back, against %s`, (_, open) => {
  let world: World;
  let slug: string;
  let cache: string;
  const chance = createSeededRandom('kills of revocations');

  beforeAll(async () => {
    world = await open();
    cache = await mkdtemp(join(tmpdir(), 'tributary-compiled-'));
    const [row] = await world.database.query<{ definition: string }>(
      sql`select definition from providers where provider_id = ${world.device.providerID}`,
    );
    slug = row!.definition;
  });
  afterAll(async () => {
    await world.close();
    await rm(cache, { recursive: true, force: true });
  });

  /** An account in a study of its own that was connected and deleted; gives its number. */
  async function connectAndDelete(number: number): Promise<number> {
    const { database, service, device } = world;
    const study = await createStudy(database);
    await allowStudyPage(database, study);
    const participantID = await study.addParticipant();
    const token = await service.issueParticipantToken(study.projectID, participantID);
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID: device.providerID, browser });
    await browser.visit(await world.decide(address, { person: number % people }));
    const [account] = await database.query<{ id: number }>(
      sql`select account_id as id from external_accounts where participant_id = ${participantID}`,
    );
    const url = `/api/v1/delegated/externalaccounts/delete/${account!.id}`;
    expect((await service.send({ method: 'DELETE', url, token })).statusCode).toBe(204);
    return account!.id;
  }

  it('settle each once, call for none without end, and lose none (DELETE-GIVES-BACK)', async () => {
    const { database, catalogue, findDoor } = world;
    const accounts: number[] = [];
    for (let number = 0; number < grants; number++) accounts.push(await connectAndDelete(number));
    const held = [...(await listHeld(world))];
    expect(held).toHaveLength(grants);
    expect(held.filter((grant) => world.isGrantAlive(grant!))).toHaveLength(grants);

    let calls = 0;
    let cutOff = 0;
    /** Minutes by which each process is ahead of the one before: the claims of that one are over. */
    const aheadMin = 3;
    for (let number = 0; number < kills; number++) {
      const running = Promise.withResolvers<KilledProcess>();
      let left = 1 + chance.below(places + 2);
      const isBeforeAnswer = number % 2 === 0;
      const isAfterAct = number % 3 !== 0;
      const process = await startKilledProcess(
        { world, slug, cache },
        { revokeInMinutes: number * aheadMin },
        async ({ act }) => {
          calls++;
          const isLast = --left === 0;
          if (left < 0) return new Promise(() => undefined);
          const { child } = await running.promise;
          const answer = isLast && !isAfterAct ? undefined : await act();
          if (isLast) {
            if (isBeforeAnswer || answer === undefined) child.kill('SIGKILL');
            else setTimeout(() => child.kill('SIGKILL'), chance.below(15));
            cutOff++;
          }
          return answer ?? new Promise(() => undefined);
        },
      );
      running.resolve(process);
      if (process.child.exitCode === null && process.child.signalCode === null)
        await new Promise((resolve) => process.child.once('exit', resolve));
    }
    expect(cutOff).toBe(kills);
    const [queued] = await database.query<{ left: number; claimed: number }>(sql`
      select count(*)::integer as left, count(*) filter (where claimed)::integer as claimed from revocations`);
    // Without this the kills would have proved nothing.
    expect(queued!.left).toBeGreaterThan(0);
    expect(queued!.claimed).toBeGreaterThan(0);

    const { log } = createWatchedLog();
    for (const minutes of [kills * aheadMin, kills * aheadMin + 3]) {
      const clock = createFakeClock(Date.now() + minutes * 60_000);
      const findServer = createServerFinder({ database, clock, log });
      const vault = createTestVault(database);
      while ((await runRevocations({ database, catalogue, findDoor, findServer, vault, clock, log })) > 0);
    }
    expect(await database.query(sql`select from revocations`)).toEqual([]);
    expect(held.filter((grant) => world.isGrantAlive(grant!))).toEqual([]);
    const told = await database.query<{ id: number; outcome: string }>(sql`
      select account_id as id, details ->> 'outcome' as outcome from audit_entries
       where action = 'grant.given-back' order by account_id`);
    expect(told.map(({ id }) => id)).toEqual(accounts.toSorted((one, other) => one - other));
    expect(
      new Set(told.map(({ outcome }) => outcome)).difference(new Set(['revoked', 'already-gone'])),
    ).toEqual(new Set());
    expect(calls).toBeLessThanOrEqual(grants + kills * places);
  }, 600_000);
});
