import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runRevocations, type RevocationParts } from '../../src/accounts/runRevocations.ts';
import { endOldAttempts } from '../../src/connect/endOldAttempts.ts';
import { settleSentCodes } from '../../src/connect/settleSentCodes.ts';
import type { Catalogue } from '../../src/definitions/catalogue.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import type { FindDoor } from '../../src/oauth/providerDoor.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import type { ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';
import { createJourneyBrowser, goToProvider } from '../harness/journeyBrowser.ts';
import { createTestVault } from '../harness/testVault.ts';
import { startTestService, type TestService } from '../harness/testService.ts';
import { worlds, type World } from '../harness/worlds.ts';

/** What becomes of the next exchange of a code. */
type Loss = 'none' | 'answer' | 'request';

describe.each(worlds)('an exchange that nobody heard the end of, against %s', (_, open) => {
  let world: World;
  let service: TestService;
  let clock: FakeClock;
  let loss: Loss = 'none';
  let lastEntry = '0';
  const log: string[] = [];

  beforeAll(async () => {
    world = await open();
    const { database, catalogue } = world;
    service = await startTestService(database, { catalogue, findDoor: loseSome(world.findDoor) });
  });
  afterAll(async () => {
    await service.close();
    await world.close();
  });
  beforeEach(async () => {
    loss = 'none';
    log.length = 0;
    await world.database.query(sql`delete from external_accounts`);
    await world.database.query(sql`delete from revocations`);
    await world.database.query(sql`delete from connect_attempts`);
    clock = createFakeClock(Date.now());
    const [last] = await world.database.query<{ entry: string }>(
      sql`select coalesce(max(entry_id), 0)::text as entry from audit_entries`,
    );
    lastEntry = last?.entry ?? '0';
  });

  function loseSome(findDoor: FindDoor): FindDoor {
    return (slug) => {
      const door = findDoor(slug);
      const fetchOrLose = async (request: ProviderRequest) => {
        const isExchange =
          request.body !== undefined && 'form' in request.body && 'code' in request.body.form;
        if (!isExchange || loss === 'none') return door.fetch(request);
        if (loss === 'answer') await door.fetch(request);
        return { outcome: 'timed-out', mayHaveArrived: true } as const;
      };
      return { ...door, fetch: Object.assign(fetchOrLose, { close: () => Promise.resolve() }) };
    };
  }

  /** The definition of the device says that a consent is a grant of its own. */
  function perConsent(catalogue: Catalogue): Catalogue {
    const definitions = new Map(
      [...catalogue.definitions].map(([slug, definition]) => {
        const { auth } = definition;
        return [
          slug,
          auth.kind === 'none'
            ? definition
            : { ...definition, auth: { ...auth, grantsPer: 'consent' as const } },
        ] as const;
      }),
    );
    return { ...catalogue, definitions };
  }

  function parts(catalogue = world.catalogue): RevocationParts {
    const { database, findDoor } = world;
    const logger = createWatchedLog(log).log;
    return {
      database,
      catalogue,
      clock,
      findDoor,
      findServer: createServerFinder({ database, clock, log: logger }),
      vault: createTestVault(database),
      log: logger,
    };
  }

  async function arrive() {
    const participantID = await world.study.addParticipant();
    return {
      participantID,
      token: await service.issueParticipantToken(world.study.projectID, participantID),
    };
  }

  async function connect(token: string, person = 1) {
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID: world.device.providerID, browser });
    await browser.visit(await world.decide(address, { person }));
    // The service goes by the machine's clock.
    clock.set(Date.now() + 1);
  }

  const acts = async () =>
    (
      await world.database.query<{ action: string; told: string }>(sql`
        select action, coalesce(details ->> 'outcome', details ->> 'reason') as told from audit_entries
         where action in ('connect-code.presented-again', 'grant.lost', 'grant.given-back')
           and entry_id > ${lastEntry} order by entry_id`)
    ).map(({ action, told }) => `${action}: ${told}`);
  const outcomes = async () =>
    (
      await world.database.query<{ outcome: string }>(
        sql`select coalesce(outcome, phase::text) as outcome from connect_attempts order by created_at`,
      )
    ).map(({ outcome }) => outcome);
  const accounts = () =>
    world.database.query(sql`select from external_accounts join grants using (account_id)`);
  const codesOut = () =>
    world.database.query(sql`select from connect_attempts where code_due_at is not null`);

  it('ends what the provider gave when its answer was lost, by presenting the code again (GRANT-NEVER-LOST)', async () => {
    const { token } = await arrive();
    loss = 'answer';
    await connect(token);
    expect(await outcomes()).toEqual(['provider-unavailable']);
    expect(world.isLatestGrantAlive()).toBe(true);
    const before = world.tokenRequests();
    const counts = await Promise.all([1, 2, 3].map(() => settleSentCodes(parts())));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(world.tokenRequests()).toBe(before + 1);
    expect(world.isLatestGrantAlive()).toBe(false);
    expect(await acts()).toEqual(['connect-code.presented-again: refused']);
    expect(await codesOut()).toEqual([]);
    expect(await settleSentCodes(parts())).toBe(0);
  });

  it('gives back what a code brings that never reached the provider', async () => {
    const { token } = await arrive();
    loss = 'request';
    await connect(token);
    expect(await settleSentCodes(parts())).toBe(1);
    expect(world.isLatestGrantAlive()).toBe(true);
    expect(await accounts()).toEqual([]);
    expect(await runRevocations(parts())).toBe(1);
    expect(world.isLatestGrantAlive()).toBe(false);
    expect(await acts()).toEqual(['connect-code.presented-again: granted', 'grant.given-back: revoked']);
  });

  it('is left alone once she has connected anew, where that may be the same grant, and told in the trail and the log', async () => {
    const { token } = await arrive();
    loss = 'answer';
    await connect(token);
    loss = 'none';
    await connect(token);
    const before = world.tokenRequests();
    expect(await settleSentCodes(parts())).toBe(1);
    expect(world.tokenRequests()).toBe(before);
    expect(world.isLatestGrantAlive()).toBe(true);
    expect(await accounts()).toHaveLength(1);
    expect(await acts()).toEqual(['grant.lost: left-for-another-account']);
    expect(log.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({ event: 'connect-grant-lost', reason: 'left-for-another-account' }),
    );
    expect(await codesOut()).toEqual([]);
  });

  it('is ended beside an account of hers where each consent is a grant of its own', async () => {
    const { token } = await arrive();
    loss = 'answer';
    await connect(token);
    loss = 'none';
    await connect(token);
    expect(await settleSentCodes(parts(perConsent(world.catalogue)))).toBe(1);
    expect(await acts()).toEqual(['connect-code.presented-again: refused']);
    expect(world.isLatestGrantAlive()).toBe(true);
  });

  it('waits for journeys that may become accounts, hers and anybody’s whose code is being exchanged', async () => {
    const { token } = await arrive();
    loss = 'answer';
    await connect(token);
    const { address } = await goToProvider(service, { token, providerID: world.device.providerID });
    expect(address).not.toBe('');
    const before = world.tokenRequests();
    expect(await settleSentCodes(parts())).toBe(1);
    expect(world.tokenRequests()).toBe(before);
    expect(await codesOut()).toHaveLength(1);
    // Her journey ends; a stranger's code is on its way.
    await world.database.query(sql`
      update connect_attempts set phase = 'exchanging', participant_id = ${await world.study.addParticipant()}
       where phase = 'authorizing'`);
    clock.advance(61_000);
    expect(await settleSentCodes(parts())).toBe(1);
    expect(world.tokenRequests()).toBe(before);
    await world.database.query(sql`delete from connect_attempts where phase = 'exchanging'`);
    clock.advance(61_000);
    expect(await settleSentCodes(parts())).toBe(1);
    expect(world.isLatestGrantAlive()).toBe(false);
  });

  it('is given up after two hours in which the provider does not answer, and told', async () => {
    const { token } = await arrive();
    loss = 'answer';
    await connect(token);
    clock.advance(119 * 60_000);
    await endOldAttempts(world.database, clock);
    const away = { ...parts(), findDoor: loseSome(world.findDoor) };
    loss = 'request';
    expect(await settleSentCodes(away)).toBe(1);
    expect(await codesOut()).toHaveLength(1);
    clock.advance(2 * 60_000);
    expect(await settleSentCodes(away)).toBe(1);
    expect(await acts()).toEqual(['grant.lost: given-up']);
    await endOldAttempts(world.database, clock);
    expect(await outcomes()).toEqual([]);
  });

  it('keeps the code of a journey that a deletion ends in the middle', async () => {
    const { token } = await arrive();
    loss = 'none';
    await connect(token);
    loss = 'answer';
    await connect(token);
    await world.database.query(sql`
      update connect_attempts set phase = 'exchanging', outcome = null where outcome = 'provider-unavailable'`);
    await world.database.query(sql`delete from external_accounts`);
    expect(await outcomes()).toEqual(['connected', 'account-deleted']);
    expect(await settleSentCodes(parts())).toBe(1);
    expect(world.isLatestGrantAlive()).toBe(false);
  });

  it('never begins when the journey has ended: the code is not sent', async () => {
    const { token } = await arrive();
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID: world.device.providerID, browser });
    const callback = await world.decide(address, { person: 1 });
    const before = world.tokenRequests();
    await world.database.query(sql`
      create or replace function end_it() returns trigger language plpgsql as $$
      begin
        new.phase := 'ended'; new.outcome := 'account-deleted';
        return new;
      end $$`);
    await world.database.query(sql`
      create trigger end_it before update on connect_attempts for each row
        when (new.phase = 'exchanging') execute function end_it()`);
    await browser.visit(callback);
    await world.database.query(sql`drop trigger end_it on connect_attempts`);
    expect(world.tokenRequests()).toBe(before);
    expect(await codesOut()).toEqual([]);
  });
});
