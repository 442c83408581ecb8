// On one PostgreSQL: what a process leaves behind is what it is about, and each statement has its test elsewhere.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runRevocations, type RevocationParts } from '../../src/accounts/runRevocations.ts';
import { endOldAttempts } from '../../src/connect/endOldAttempts.ts';
import { settleSentCodes } from '../../src/connect/settleSentCodes.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import type { FindDoor } from '../../src/oauth/providerDoor.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import type { ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { openDatabase, sql, type Database } from '../../src/platform/storage/database.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { goToProvider } from '../harness/journeyBrowser.ts';
import { createMortal, type Mortal } from '../harness/mortal.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';
import { createTestVault } from '../harness/testVault.ts';
import { worlds, type World } from '../harness/worlds.ts';

/** One time that something is done by a process that may die in the midst of it. */
interface Situation {
  readonly act: () => Promise<unknown>;
  /** What has to be true once the others have finished what it began. */
  readonly check: () => Promise<void>;
}

describe.each(worlds)('a process that dies, against %s', (_, open) => {
  let world: World;
  let mortal: Mortal;
  /** A process that dies, one for each life: what it was waiting for when it died must not be waited for by the next. */
  const dead: TestService[] = [];
  const beBorn = async () => {
    const { catalogue } = world;
    const service = await startTestService(mortal.database, { catalogue, findDoor: mortal.findDoor });
    dead.push(service);
    return service;
  };
  /** One that loses answers or requests on the way to the provider. */
  let losing: TestService;
  let loss: 'answer' | 'request' = 'answer';
  let lastEntry = '0';

  beforeAll(async () => {
    world = await open();
    const { target, catalogue, findDoor } = world;
    mortal = createMortal({
      open: () => openDatabase({ target, poolSizeMax: 4, applicationName: 'mortal' }),
      findDoor,
    });
    losing = await startTestService(world.database, { catalogue, findDoor: loseExchanges(findDoor) });
  });
  afterAll(async () => {
    await Promise.all(dead.map((service) => service.close()));
    await losing.close();
    await mortal.database.close(0);
    await world.close();
  });
  beforeEach(clear);

  async function clear(): Promise<void> {
    const { database } = world;
    await database.query(sql`delete from external_accounts`);
    await database.query(sql`delete from revocations`);
    await database.query(sql`delete from connect_attempts`);
    const [last] = await database.query<{ entry: string }>(
      sql`select coalesce(max(entry_id), 0)::text as entry from audit_entries`,
    );
    lastEntry = last?.entry ?? '0';
  }

  function loseExchanges(findDoor: FindDoor): FindDoor {
    return (slug) => {
      const door = findDoor(slug);
      const fetchOrLose = async (request: ProviderRequest) => {
        const isExchange =
          request.body !== undefined && 'form' in request.body && 'code' in request.body.form;
        if (!isExchange) return door.fetch(request);
        if (loss === 'answer') await door.fetch(request);
        return { outcome: 'timed-out', mayHaveArrived: true } as const;
      };
      return { ...door, fetch: Object.assign(fetchOrLose, { close: () => Promise.resolve() }) };
    };
  }

  function parts(minutes: number, of: { database: Database; findDoor: FindDoor } = world): RevocationParts {
    const clock = createFakeClock(Date.now() + minutes * 60_000);
    const { log } = createWatchedLog();
    const { database, findDoor } = of;
    return {
      database,
      findDoor,
      catalogue: world.catalogue,
      clock,
      findServer: createServerFinder({ database, clock, log }),
      vault: createTestVault(database),
      log,
    };
  }

  /** What the chores of all others do in the next minutes. */
  async function recover(): Promise<void> {
    for (const minutes of [6, 8, 10, 12]) {
      const later = parts(minutes);
      await endOldAttempts(world.database, later.clock);
      while ((await settleSentCodes(later)) > 0);
      while ((await runRevocations(later)) > 0);
    }
  }

  async function arrive(): Promise<string> {
    const { study, service } = world;
    return service.issueParticipantToken(study.projectID, await study.addParticipant());
  }

  /** She agrees at the provider; what it sends her back with is brought to this service. */
  async function comeBack(
    token: string,
    find: () => TestService | Promise<TestService>,
  ): Promise<() => Promise<void>> {
    const { device } = world;
    const { browser, address } = await goToProvider(world.service, { token, providerID: device.providerID });
    const callback = await world.decide(address, { person: 1 });
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return async () => {
      const service = await find();
      await service.app.inject({ method: 'GET', url: callback.replace(publicUrl, ''), headers: { cookie } });
    };
  }

  const acts = async () =>
    (
      await world.database.query<{ action: string; told: string | null }>(sql`
        select action, coalesce(details ->> 'outcome', details ->> 'reason') as told from audit_entries
         where entry_id > ${lastEntry} order by entry_id`)
    ).map(({ action, told }) => (told === null ? action : `${action}: ${told}`));
  const accounts = () =>
    world.database.query<{ generation: number }>(
      sql`select account.generation from external_accounts account join grants using (account_id)`,
    );
  const isRecorded = async () => (await acts()).some((act) => act.startsWith('grant.lost'));

  async function expectNothingOpen(): Promise<void> {
    const open = sql`select phase, code_due_at from connect_attempts where phase <> 'ended' or code_due_at is not null`;
    expect(await world.database.query(open)).toEqual([]);
    expect(await world.database.query(sql`select from revocations`)).toEqual([]);
  }

  const situations: Readonly<Record<string, () => Promise<Situation>>> = {
    'while it makes an account of a code': async () => {
      const before = world.tokenRequests();
      const act = await comeBack(await arrive(), beBorn);
      return {
        act,
        check: async () => {
          await expectNothingOpen();
          const isConnected = (await accounts()).length === 1;
          if (world.tokenRequests() > before) expect(world.isLatestGrantAlive()).toBe(isConnected);
          else expect(isConnected).toBe(false);
        },
      };
    },
    'while it connects an account anew': async () => {
      const token = await arrive();
      await (
        await comeBack(token, () => world.service)
      )();
      const before = world.tokenRequests();
      const act = await comeBack(token, beBorn);
      return {
        act,
        check: async () => {
          await expectNothingOpen();
          const [account] = await accounts();
          if (account?.generation === 2) expect(world.isLatestGrantAlive()).toBe(true);
          else {
            expect(account?.generation).toBe(1);
            // It would cost her the account: what cannot be ended is told.
            if (world.tokenRequests() > before && world.isLatestGrantAlive())
              expect(await isRecorded()).toBe(true);
          }
        },
      };
    },
    ...Object.fromEntries(
      (['answer', 'request'] as const).map((lost) => [
        `while it presents a code again of which the ${lost} was lost`,
        async () => {
          loss = lost;
          await (
            await comeBack(await arrive(), () => losing)
          )();
          return {
            act: () => settleSentCodes(parts(0, mortal)),
            check: async () => {
              await expectNothingOpen();
              expect(await accounts()).toEqual([]);
              expect(world.isLatestGrantAlive()).toBe(false);
            },
          };
        },
      ]),
    ),
    'while it gives a grant back': async () => {
      const { service, database } = world;
      const token = await arrive();
      await (
        await comeBack(token, () => service)
      )();
      const [account] = await database.query<{ id: number }>(
        sql`select account_id as id from external_accounts`,
      );
      const url = `/api/v1/delegated/externalaccounts/delete/${account!.id}`;
      expect((await service.send({ method: 'DELETE', url, token })).statusCode).toBe(204);
      return {
        act: () => runRevocations(parts(0.1, mortal)),
        check: async () => {
          await expectNothingOpen();
          expect(world.isLatestGrantAlive()).toBe(false);
          const told = (await acts()).filter((act) => act.startsWith('grant.given-back'));
          expect(told).toHaveLength(1);
          expect(told[0]).toMatch(/: (revoked|already-gone)$/);
        },
      };
    },
  };

  /** What each must do at least, so that nobody tries moments that there are none of. */
  const effects: Readonly<Record<string, readonly RegExp[]>> = {
    'while it makes an account of a code': [
      /^update connect_attempts set phase/,
      /^update connect_attempts set code_due_at/,
      /^POST .*token$/,
      /^GET /,
      /^insert into external_accounts/,
      /^insert into grants/,
      /^commit$/,
    ],
    'while it connects an account anew': [/^POST .*token$/, /^with given_up as/, /^commit$/],
    'while it presents a code again of which the answer was lost': [/^POST .*token$/, /^commit$/],
    'while it presents a code again of which the request was lost': [
      /^POST .*token$/,
      /^insert into revocations/,
      /^commit$/,
    ],
    'while it gives a grant back': [
      /^update revocations set claimed/,
      /^(POST|DELETE|GET) /,
      /^with settled/,
    ],
  };

  it.each(Object.entries(situations))(
    '%s leaves no grant without a trace, whatever it was about to do (GRANT-NEVER-LOST)',
    async (name, prepare) => {
      const whole = await prepare();
      mortal.live();
      await whole.act();
      const all = [...mortal.effects()];
      for (const effect of effects[name]!) expect(all).toContainEqual(expect.stringMatching(effect));
      await recover();
      await whole.check();
      // What a process has looked up for a while is no effect of every life: the last is the one that does not die.
      for (let number = 0, isDying = true; isDying; number++) {
        await clear();
        const situation = await prepare();
        mortal.live(number);
        isDying = await Promise.race([situation.act().then(() => false), mortal.died().then(() => true)]);
        if (!isDying) expect(number).toBeGreaterThan(all.length - 4);
        await recover();
        await situation.check().catch((error: unknown) => {
          throw new Error(`It died after ${mortal.effects().join('; ')}`, { cause: error });
        });
      }
    },
    120_000,
  );
});
