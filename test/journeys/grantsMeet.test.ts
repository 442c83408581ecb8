import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runRevocations, type RevocationParts } from '../../src/accounts/runRevocations.ts';
import { settleSentCodes } from '../../src/connect/settleSentCodes.ts';
import type { Catalogue } from '../../src/definitions/catalogue.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import type { FindDoor } from '../../src/oauth/providerDoor.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { afterExchange } from '../harness/afterExchange.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';
import { createJourneyBrowser, goToProvider } from '../harness/journeyBrowser.ts';
import { listHeld } from '../harness/listHeld.ts';
import { startTestService, type TestService } from '../harness/testService.ts';
import { createTestVault } from '../harness/testVault.ts';
import { allowStudyPage, worlds, type World } from '../harness/worlds.ts';

/** A place at which somebody waits until somebody else has done something. */
function createGate() {
  const arrived = Promise.withResolvers<undefined>();
  const opened = Promise.withResolvers<undefined>();
  return {
    arrived: arrived.promise,
    open: () => opened.resolve(undefined),
    pass: async () => {
      arrived.resolve(undefined);
      await opened.promise;
    },
  };
}

describe.each(worlds)('grants of the same person that meet, against %s', (_, open) => {
  let world: World;
  let other: Study;
  /** A service between whose exchange and what it makes of it something happens. */
  let slow: TestService;
  let between: () => Promise<void> = () => Promise.resolve();
  let clock: FakeClock;

  beforeAll(async () => {
    world = await open();
    const { database, catalogue, findDoor } = world;
    other = await createStudy(database);
    await allowStudyPage(database, other);
    slow = await startTestService(database, {
      catalogue,
      findDoor: afterExchange(findDoor, () => between()),
    });
  });
  afterAll(async () => {
    await slow.close();
    await world.close();
  });
  beforeEach(async () => {
    between = () => Promise.resolve();
    await world.database.query(sql`delete from external_accounts`);
    await world.database.query(sql`delete from revocations`);
    await world.database.query(sql`delete from connect_attempts`);
    clock = createFakeClock(Date.now());
  });

  function parts(findDoor = world.findDoor, catalogue: Catalogue = world.catalogue): RevocationParts {
    const { database } = world;
    const { log } = createWatchedLog();
    const findServer = createServerFinder({ database, clock, log });
    return { database, catalogue, clock, findDoor, findServer, vault: createTestVault(database), log };
  }

  async function arrive(study: Study = world.study) {
    const participantID = await study.addParticipant();
    return {
      participantID,
      token: await world.service.issueParticipantToken(study.projectID, participantID),
    };
  }

  async function connect(token: string, { service = world.service, provider = world.device } = {}) {
    const browser = createJourneyBrowser(service);
    const { providerID } = provider;
    const { address } = await goToProvider(service, { token, providerID, browser });
    await browser.visit(await world.decide(address, { person: 1 }));
    clock.set(Date.now() + 1);
  }

  async function accountOf(participantID: string): Promise<number> {
    const [row] = await world.database.query<{ id: number }>(
      sql`select account_id as id from external_accounts where participant_id = ${participantID}`,
    );
    return row!.id;
  }

  async function remove({ token, participantID }: { token: string; participantID: string }): Promise<number> {
    const id = await accountOf(participantID);
    const url = `/api/v1/delegated/externalaccounts/delete/${id}`;
    expect((await world.service.send({ method: 'DELETE', url, token })).statusCode).toBe(204);
    clock.set(Date.now() + 1);
    return id;
  }

  const outcomesOf = async (accountID: number) =>
    (
      await world.database.query<{ outcome: string }>(sql`
        select details ->> 'outcome' as outcome from audit_entries
         where account_id = ${accountID} and action = 'grant.given-back'`)
    ).map(({ outcome }) => outcome);

  /** The same doors, with something that happens after each call, and what is heard of it. */
  function afterCalls(happen: () => Promise<unknown>, hear?: ProviderAnswer): FindDoor {
    return (slug) => {
      const door = world.findDoor(slug);
      const fetch = async (request: ProviderRequest) => {
        const answer = await door.fetch(request);
        await happen();
        return hear ?? answer;
      };
      return { ...door, fetch: Object.assign(fetch, { close: () => Promise.resolve() }) };
    };
  }

  /** As it is after the first fetch. */
  const putOff = () =>
    world.database.query(sql`update external_accounts set next_fetch_at = now() + interval '1 day'`);
  const nextFetches = async () =>
    (await world.database.query<{ at: Date }>(sql`select next_fetch_at as at from external_accounts`)).map(
      ({ at }) => at.getTime(),
    );

  it('one is not given back while a code of a stranger in another study is exchanged, and then lives on for her', async () => {
    const hers = await arrive();
    await connect(hers.token);
    const accountID = await remove(hers);
    const gate = createGate();
    between = gate.pass;
    const stranger = await arrive(other);
    const connecting = connect(stranger.token, { service: slow });
    await gate.arrived;
    expect(await runRevocations(parts())).toBe(1);
    expect(await outcomesOf(accountID)).toEqual([]);
    gate.open();
    await connecting;
    expect(world.isLatestGrantAlive()).toBe(true);
    clock.set(Date.now() + 6_000);
    expect(await runRevocations(parts())).toBe(1);
    expect(await outcomesOf(accountID)).toEqual(['kept-for-another-account']);
    expect(world.isLatestGrantAlive()).toBe(true);
  });

  it('one does not wait for a code that is exchanged at another server', async () => {
    const hers = await arrive();
    await connect(hers.token);
    const accountID = await remove(hers);
    const gate = createGate();
    between = gate.pass;
    const stranger = await arrive(other);
    const connecting = connect(stranger.token, { service: slow, provider: world.record });
    await gate.arrived;
    expect(await runRevocations(parts())).toBe(1);
    gate.open();
    await connecting;
    expect(await outcomesOf(accountID)).toEqual(['revoked']);
  });

  it('an account that a stranger connected while the call was out is due at once', async () => {
    const hers = await arrive();
    await connect(hers.token);
    const accountID = await remove(hers);
    const stranger = await arrive(other);
    const findDoor = afterCalls(async () => {
      await connect(stranger.token);
      await putOff();
    });
    expect(await runRevocations(parts(findDoor))).toBe(1);
    expect(await outcomesOf(accountID)).toEqual(['revoked']);
    expect(await nextFetches()).toEqual([clock.now()]);
  });

  it.each([
    ['refused', undefined],
    ['unanswered', { outcome: 'timed-out', mayHaveArrived: true } as const],
  ])(
    'an account that she connected while a code was presented again is due at once, where that was %s',
    async (_name, heard) => {
      const { token } = await arrive();
      await connect(token);
      // As after an exchange whose answer was lost: the code is out, and she reads that nothing was connected.
      const { database } = world;
      await database.query(sql`delete from external_accounts`);
      const losing = await startTestService(database, {
        catalogue: world.catalogue,
        findDoor: afterCalls(() => Promise.resolve(), { outcome: 'timed-out', mayHaveArrived: true }),
      });
      await connect(token, { service: losing });
      await losing.close();
      const findDoor = afterCalls(async () => {
        await connect(token);
        await putOff();
      }, heard);
      expect(await settleSentCodes(parts(findDoor))).toBe(1);
      expect(await nextFetches()).toEqual([clock.now()]);
    },
  );

  it.each(['consent', 'person', 'uncertain'] as const)(
    'nobody keeps living grants that nobody knows of, however often she connects and deletes, where a grant is counted by %s',
    async (grantsPer) => {
      const definitions = new Map(
        [...world.catalogue.definitions].map(([slug, definition]) => {
          const { auth } = definition;
          return [
            slug,
            auth.kind === 'none' ? definition : { ...definition, auth: { ...auth, grantsPer } },
          ] as const;
        }),
      );
      const told = parts(undefined, { ...world.catalogue, definitions });
      const seen = new Set<number | string>();
      const hers = await arrive();
      let kept = 0;
      for (let round = 0; round < 3; round++) {
        for (let time = 0; time < 3; time++) {
          await connect(hers.token);
          for (const grant of await listHeld(world)) if (grant !== undefined) seen.add(grant);
          while ((await runRevocations(told)) > 0);
        }
        const accountID = await remove(hers);
        while ((await runRevocations(told)) > 0);
        const outcomes = await outcomesOf(accountID);
        expect(outcomes.at(-1)).toBe('revoked');
        kept += outcomes.filter((outcome) => outcome === 'kept-for-another-account').length;
        expect(outcomes).toHaveLength(3);
      }
      expect(seen.size).toBe(9);
      const living = [...seen].filter((grant) => world.isGrantAlive(grant));
      // Where a grant may be the account's own, what was left is at least told: the provider may count it or not.
      expect(living.length).toBeLessThanOrEqual(kept);
      expect(kept).toBe(grantsPer === 'consent' ? 0 : 6);
    },
  );
});
