import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runRevocations, type RevocationParts } from '../../src/accounts/runRevocations.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import type { ProviderDoor } from '../../src/oauth/providerDoor.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';
import { createJourneyBrowser, goToProvider } from '../harness/journeyBrowser.ts';
import { createTestVault } from '../harness/testVault.ts';
import { worlds, type World } from '../harness/worlds.ts';

describe.each(worlds)('giving grants back, against %s', (_, open) => {
  let world: World;
  let clock: FakeClock;
  const log: string[] = [];

  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    clock = createFakeClock(Date.now());
    await world.database.query(sql`delete from revocations`);
    await world.database.query(sql`delete from external_accounts`);
  });

  function parts(door?: ProviderDoor): RevocationParts {
    const { database, catalogue, findDoor } = world;
    const logger = createWatchedLog(log).log;
    return {
      database,
      catalogue,
      clock,
      findDoor: door === undefined ? findDoor : () => door,
      findServer: createServerFinder({ database, clock, log: logger }),
      vault: createTestVault(database),
      log: logger,
    };
  }

  /** The definitions say that each consent is a grant of its own. */
  function perConsent(): RevocationParts {
    const own = parts();
    const definitions = new Map(
      [...own.catalogue.definitions].map(([slug, definition]) => {
        const { auth } = definition;
        if (auth.kind === 'none') return [slug, definition] as const;
        return [slug, { ...definition, auth: { ...auth, grantsPer: 'consent' as const } }] as const;
      }),
    );
    return { ...own, catalogue: { ...own.catalogue, definitions } };
  }

  async function connect(projectID = world.study.projectID) {
    const { service, database, device } = world;
    const participantID = await world.study.addParticipant();
    const token = await service.issueParticipantToken(projectID, participantID);
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID: device.providerID, browser });
    await browser.visit(await world.decide(address, { person: 1 }));
    const [row] = await database.query<{ account_id: number }>(
      sql`select account_id from external_accounts where participant_id = ${participantID}`,
    );
    return { participantID, token, accountID: row!.account_id };
  }

  async function remove(token: string, accountID: number) {
    const answer = await world.service.send({
      method: 'DELETE',
      url: `/api/v1/delegated/externalaccounts/delete/${accountID}`,
      token,
    });
    expect(answer.statusCode).toBe(204);
    // The service goes by the machine's clock.
    clock.set(Date.now() + 1);
  }

  const nameQueued = async () =>
    (await world.database.query<{ name: string }>(sql`select provider_user_id as name from revocations`))[0]
      ?.name;
  const definitionOf = async (providerID: number) =>
    (
      await world.database.query<{ definition: string }>(
        sql`select definition from providers where provider_id = ${providerID}`,
      )
    )[0]?.definition;
  const dueAt = async () =>
    (
      await world.database.query<{ due_at: Date }>(sql`select due_at from revocations order by due_at`)
    )[0]?.due_at.getTime();
  const queued = () => world.database.query<{ tries: number }>(sql`select tries from revocations`);
  const outcomesOf = async (accountID: number) =>
    (
      await world.database.query<{ outcome: string }>(sql`
        select details ->> 'outcome' as outcome from audit_entries
         where account_id = ${accountID} and action = 'grant.given-back'`)
    ).map(({ outcome }) => outcome);

  it('ends the grant of a deleted account at the provider, forgets its sealed copy and says so in the audit trail', async () => {
    const { token, accountID } = await connect();
    expect(world.isLatestGrantAlive()).toBe(true);
    await remove(token, accountID);
    expect(await queued()).toHaveLength(1);
    expect(await world.database.query(sql`select from grants where account_id = ${accountID}`)).toEqual([]);
    expect(await runRevocations(parts())).toBe(1);
    expect(world.isLatestGrantAlive()).toBe(false);
    expect(await queued()).toEqual([]);
    expect(await outcomesOf(accountID)).toEqual(['revoked']);
    expect(await runRevocations(parts())).toBe(0);
  });

  it('is done by one of several processes', async () => {
    const { token, accountID } = await connect();
    await remove(token, accountID);
    const counts = await Promise.all(Array.from({ length: 8 }, () => runRevocations(parts())));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(await outcomesOf(accountID)).toEqual(['revoked']);
  });

  it('leaves a grant alone on which another account lives, and forgets its own copy', async () => {
    const other = await connect();
    const { database } = world;
    const nameIt = (accountID: number, userID: string) =>
      database.query(
        sql`update external_accounts set provider_user_id = ${userID} where account_id = ${accountID}`,
      );
    // Within one study a user is connected once; two studies of an installation may have the same person.
    await nameIt(other.accountID, 'somebody else');
    const { token, accountID } = await connect();
    await remove(token, accountID);
    await nameIt(other.accountID, (await nameQueued())!);
    await runRevocations(parts());
    expect(world.isLatestGrantAlive()).toBe(true);
    expect(await outcomesOf(accountID)).toEqual(['kept-for-another-account']);
    expect(await queued()).toEqual([]);
  });

  it('ends one beside another account where each consent is a grant of its own', async () => {
    const other = await connect();
    const { database } = world;
    await database.query(
      sql`update external_accounts set provider_user_id = 'another' where account_id = ${other.accountID}`,
    );
    const { token, accountID } = await connect();
    await remove(token, accountID);
    await database.query(sql`
      update external_accounts set provider_user_id = ${(await nameQueued())!} where account_id = ${other.accountID}`);
    await runRevocations(perConsent());
    expect(await outcomesOf(accountID)).toEqual(['revoked']);
    expect(world.isLatestGrantAlive()).toBe(false);
  });

  it('ends the tokens that a reconnect replaced where each consent is a grant of its own, and keeps them elsewhere', async () => {
    const { token, accountID } = await connect();
    const again = async () => {
      const { browser, address } = await goToProvider(world.service, {
        token,
        providerID: world.device.providerID,
      });
      await browser.visit(await world.decide(address, { person: 1 }));
      clock.set(Date.now() + 1);
    };
    await again();
    expect(await queued()).toHaveLength(1);
    expect(await runRevocations(parts())).toBe(1);
    expect(await outcomesOf(accountID)).toEqual(['kept-for-another-account']);
    await again();
    expect(await runRevocations(perConsent())).toBe(1);
    expect(await outcomesOf(accountID)).toEqual(['kept-for-another-account', 'revoked']);
    expect(world.isLatestGrantAlive()).toBe(true);
    expect(await world.database.query(sql`select from grants where account_id = ${accountID}`)).toHaveLength(
      1,
    );
  });

  it('waits for a stranger whose code is being exchanged there, an hour at most', async () => {
    const { token, accountID } = await connect();
    await goToProvider(world.service, {
      token: await world.service.issueParticipantToken(
        world.study.projectID,
        await world.study.addParticipant(),
      ),
      providerID: world.device.providerID,
    });
    await remove(token, accountID);
    const exchange = (until: number) =>
      world.database.query(sql`
        update connect_attempts set phase = 'exchanging', expires_at = ${new Date(until)}
         where phase in ('authorizing', 'exchanging')`);
    await exchange(Date.now() + 3 * 60 * 60_000);
    expect(await runRevocations(parts())).toBe(1);
    expect(await outcomesOf(accountID)).toEqual([]);
    clock.advance(6_000);
    expect(await runRevocations(parts())).toBe(1);
    expect(world.isLatestGrantAlive()).toBe(true);
    clock.advance(61 * 60_000);
    expect(await runRevocations(parts())).toBe(1);
    expect(await outcomesOf(accountID)).toEqual(['revoked']);
    await world.database.query(sql`delete from connect_attempts`);
  });

  it('has accounts fetched at once that were connected while its call was out', async () => {
    const { token, accountID } = await connect();
    await remove(token, accountID);
    const { database, study, device } = world;
    const userID = await nameQueued();
    let neighbour = 0;
    const slow = world.findDoor((await definitionOf(device.providerID))!);
    const door: ProviderDoor = {
      ...slow,
      fetch: Object.assign(
        async (request: Parameters<typeof slow.fetch>[0]) => {
          const answer = await slow.fetch(request);
          neighbour = await study.addAccount({
            providerID: device.providerID,
            ...(userID === undefined ? {} : { providerUserID: userID }),
            hasGrant: true,
          });
          await database.query(sql`
            update external_accounts set next_fetch_at = ${new Date(clock.now() + 86_400_000)}
             where account_id = ${neighbour}`);
          return answer;
        },
        { close: () => Promise.resolve() },
      ),
    };
    await runRevocations(parts(door));
    expect(await outcomesOf(accountID)).toEqual(['revoked']);
    const [row] = await database.query<{ next_fetch_at: Date }>(
      sql`select next_fetch_at from external_accounts where account_id = ${neighbour}`,
    );
    expect(row?.next_fetch_at.getTime()).toBe(clock.now());
  });

  it('waits for a journey of hers to the same provider, which may live on the same grant', async () => {
    const { token, accountID } = await connect();
    const { browser, address } = await goToProvider(world.service, {
      token,
      providerID: world.device.providerID,
    });
    await remove(token, accountID);
    // Begun before the deletion: void. She begins again.
    const again = await goToProvider(world.service, { token, providerID: world.device.providerID, browser });
    expect(address).not.toBe(again.address);
    clock.set(Date.now() + 1);
    expect(await runRevocations(parts())).toBe(1);
    expect(await queued()).toHaveLength(1);
    expect(await outcomesOf(accountID)).toEqual([]);
    await browser.visit(await world.decide(again.address, { person: 1 }));
    clock.advance(61_000);
    expect(await runRevocations(parts())).toBe(1);
    expect(world.isLatestGrantAlive()).toBe(true);
    expect(await outcomesOf(accountID)).toEqual(['kept-for-another-account']);
  });

  it('leaves a grant alone on which another name of the same endpoint lives', async () => {
    const { database, study } = world;
    const other = await study.addProvider({
      name: 'Another name',
      definition: 'any',
      endpointUrl: 'https://fhir.names.example.org/r4',
    });
    await database.query(sql`
      update providers set endpoint_id = (select endpoint_id from providers where provider_id = ${other})
       where provider_id = ${world.device.providerID}`);
    const { token, accountID } = await connect();
    const neighbour = await study.addAccount({ providerID: other, providerUserID: 'x', hasGrant: true });
    await remove(token, accountID);
    await database.query(sql`
      update external_accounts set provider_user_id = ${(await nameQueued())!} where account_id = ${neighbour}`);
    await runRevocations(parts());
    await database.query(
      sql`update providers set endpoint_id = null where provider_id = ${world.device.providerID}`,
    );
    expect(await outcomesOf(accountID)).toEqual(['kept-for-another-account']);
    expect(world.isLatestGrantAlive()).toBe(true);
  });

  it.each([
    ['knows us as the same application', 'kept-for-another-account', true],
    ['knows us as another application', 'revoked', false],
  ])('of a predecessor, when the successor %s: %s', async (_, outcome, isAlive) => {
    const { database, study, catalogue } = world;
    const own = catalogue.definitions.get((await definitionOf(world.device.providerID))!)!;
    const credentials = catalogue.credentials.get(own.slug)!;
    const successor = await study.addProvider({ name: 'Successor', definition: 'successor' });
    const { token, accountID } = await connect();
    const [{ participant_id: participantID }] = (await database.query<{ participant_id: string }>(
      sql`select participant_id from external_accounts where account_id = ${accountID}`,
    )) as [{ participant_id: string }];
    await database.query(sql`
      update providers set successor_id = ${successor} where provider_id = ${world.device.providerID}`);
    await study.addAccount({ participantID, providerID: successor, hasGrant: true });
    await remove(token, accountID);
    const clientID = isAlive ? credentials.clientID : 'another';
    await runRevocations({
      ...parts(),
      catalogue: {
        ...catalogue,
        credentials: new Map([...catalogue.credentials, ['successor', { ...credentials, clientID }]]),
      },
    });
    await database.query(
      sql`update providers set successor_id = null where provider_id = ${world.device.providerID}`,
    );
    expect(await outcomesOf(accountID)).toEqual([outcome]);
    expect(world.isLatestGrantAlive()).toBe(isAlive);
  });

  it('tries again while the provider is away, more and more seldom, and forgets the copy after a day', async () => {
    const { token, accountID } = await connect();
    await remove(token, accountID);
    let calls = 0;
    const away: ProviderDoor = {
      browserUrl: (url) => url,
      fetch: Object.assign(
        () => {
          calls++;
          return Promise.resolve({ outcome: 'timed-out', mayHaveArrived: true } as const);
        },
        { close: () => Promise.resolve() },
      ),
    };
    const pausesMs: number[] = [];
    const began = clock.now();
    // From one instant at which it is due to the next: nobody is asked in between.
    for (let due; (due = await dueAt()) !== undefined && pausesMs.length < 100;) {
      const asked = calls;
      if (due > clock.now()) {
        pausesMs.push(due - clock.now());
        clock.set(due - 1);
        expect(await runRevocations(parts(away))).toBe(0);
        expect(calls).toBe(asked);
        clock.set(due);
      }
      expect(await runRevocations(parts(away))).toBe(1);
    }
    expect(clock.now() - began).toBe(24 * 3_600_000);
    // The last pause ends with the day.
    const full = pausesMs.slice(0, -1);
    expect(full.length).toBeGreaterThan(20);
    expect(full.length).toBeLessThan(40);
    expect(full).toEqual(full.toSorted((one, other) => one - other));
    expect(full.at(-1)).toBeGreaterThan(10 * full[0]!);
    expect(calls).toBeGreaterThan(20);
    expect(calls).toBeLessThan(40);
    expect(await queued()).toEqual([]);
    const [outcome] = await outcomesOf(accountID);
    expect(['given-up', 'access-token-expired']).toContain(outcome);
    expect(world.isLatestGrantAlive()).toBe(true);
  });

  it('is taken over from a process that died, when its lease is over', async () => {
    const { token, accountID } = await connect();
    await remove(token, accountID);
    // As it is left by a process that was killed while the provider was asked.
    await world.database.query(sql`
      update revocations set due_at = ${new Date(clock.now() + 120_000)}, tries = 1`);
    expect(await runRevocations(parts())).toBe(0);
    clock.advance(121_000);
    expect(await runRevocations(parts())).toBe(1);
    expect(await outcomesOf(accountID)).toEqual(['revoked']);
  });
});
