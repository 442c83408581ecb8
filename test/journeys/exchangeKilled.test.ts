// On one PostgreSQL: processes and signals are what it is about.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRevocations, type RevocationParts } from '../../src/accounts/runRevocations.ts';
import { endOldAttempts } from '../../src/connect/endOldAttempts.ts';
import { settleSentCodes } from '../../src/connect/settleSentCodes.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { createSeededRandom } from '../../src/platform/random/seededRandom.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { createStudy } from '../builders/study.ts';
import { chooseLength } from '../harness/chooseLength.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { goToProvider } from '../harness/journeyBrowser.ts';
import { startKilledProcess, type KilledProcess, type RelayedCall } from '../harness/killedProcess.ts';
import { listHeld } from '../harness/listHeld.ts';
import { publicUrl } from '../harness/testService.ts';
import { createTestVault } from '../harness/testVault.ts';
import { allowStudyPage, worlds, type World } from '../harness/worlds.ts';

/** In each world. */
const kills = chooseLength({ short: 10, long: 100 });
const killsOfRound = 10;
const atOnce = 3;
/** A process takes longer to start than to be killed. */
const startedAhead = 3;
const people = 3;

/** When the process is killed: in the moment in which it would hear this, or some milliseconds after it has heard. */
const moments: readonly ((call: RelayedCall) => boolean)[] = [
  // The code has been accepted, and nothing answered; or its tokens have just arrived.
  isExchange,
  // The last call before the account is made.
  (call) => !isExchange(call),
];

function isExchange({ request: { body } }: RelayedCall): boolean {
  return body !== undefined && 'form' in body && 'code' in body.form;
}

interface Journey {
  readonly projectID: string;
  readonly code: string;
  readonly callback: string;
  readonly cookie: string;
}

describe.each(worlds)(`${kills} kills during the exchange of codes, against %s`, (_, open) => {
  let world: World;
  let slug: string;
  let cache: string;
  let hear: (call: RelayedCall) => ReturnType<RelayedCall['act']> = ({ act }) => act();
  const chance = createSeededRandom('kills');

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

  const start = () => startKilledProcess({ world, slug, cache }, { serve: true }, (call) => hear(call));

  /** A participant of a study of her own, back from the provider; some have connected it before. */
  async function begin(number: number): Promise<Journey> {
    const { database, service, device } = world;
    const study = await createStudy(database);
    const { projectID } = study;
    await allowStudyPage(database, study);
    const token = await service.issueParticipantToken(projectID, await study.addParticipant());
    const goThere = async () => {
      const { browser, address } = await goToProvider(service, { token, providerID: device.providerID });
      return { browser, callback: await world.decide(address, { person: number % people }) };
    };
    if (number % 4 === 3) {
      const first = await goThere();
      await first.browser.visit(first.callback);
    }
    const { browser, callback } = await goThere();
    return {
      projectID,
      code: new URL(callback).searchParams.get('code') ?? '',
      callback: callback.replace(publicUrl, ''),
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    };
  }

  /** Sends the answers of several participants to one process and kills it while it works on them. */
  async function killOne(number: number, { child, port, kill }: KilledProcess) {
    const journeys: Journey[] = [];
    for (let count = 0; count < atOnce; count++) journeys.push(await begin(number * atOnce + count));
    const moment = moments[number % (moments.length + 1)];
    const isBeforeAnswer = number % 2 === 0;
    const delayMs = chance.below(26);
    let left = 1 + chance.below(atOnce);
    hear = async (call) => {
      const answer = await call.act();
      if (moment?.(call) === true && --left === 0) {
        if (isBeforeAnswer) child.kill('SIGKILL');
        else setTimeout(() => child.kill('SIGKILL'), delayMs);
      }
      return answer;
    };
    if (moment === undefined) setTimeout(() => child.kill('SIGKILL'), chance.below(61));
    const answers = await Promise.allSettled(
      journeys.map(({ callback, cookie }) =>
        fetch(`http://127.0.0.1:${port}${callback}`, { headers: { cookie }, redirect: 'manual' }),
      ),
    );
    await kill();
    return { journeys, unanswered: answers.filter(({ status }) => status === 'rejected').length };
  }

  function parts(now: number): RevocationParts {
    const { database, catalogue, findDoor } = world;
    const clock = createFakeClock(now);
    const { log } = createWatchedLog();
    const findServer = createServerFinder({ database, clock, log });
    return { database, catalogue, findDoor, findServer, vault: createTestVault(database), clock, log };
  }

  /** What the chores of the next process do, as far as it has come after so many minutes. */
  async function recover(minutes: number): Promise<void> {
    const later = parts(Date.now() + minutes * 60_000);
    await endOldAttempts(world.database, later.clock);
    while ((await settleSentCodes(later)) > 0);
  }

  /** Studies whose trail says that something was left at a provider. */
  async function listRecorded(): Promise<ReadonlySet<string>> {
    const rows = await world.database.query<{ project_id: string }>(sql`
      select project_id from audit_entries
       where action = 'grant.lost' or action = 'grant.given-back' and details ->> 'outcome' <> 'revoked'`);
    return new Set(rows.map((row) => row.project_id));
  }

  /** What of these journeys is alive at the provider and not ours. */
  async function findOrphans(journeys: readonly Journey[]): Promise<readonly Journey[]> {
    const held = await listHeld(world);
    return journeys.filter(({ code }) => {
      const grant = world.grantOf(code);
      return grant !== undefined && world.isGrantAlive(grant) && !held.has(grant);
    });
  }

  it('leave no grant alive that is neither an account’s, nor queued to be given back, nor recorded (GRANT-NEVER-LOST)', async () => {
    const { database } = world;
    const coming: Promise<KilledProcess>[] = [];
    let unanswered = 0;
    let orphansAtFirst = 0;
    let orphansInTheEnd = 0;
    // In rounds: a server forgets a code within minutes, and cannot end then what it was exchanged for.
    for (let number = 0; number < kills;) {
      const journeys: Journey[] = [];
      for (const end = Math.min(kills, number + killsOfRound); number < end; number++) {
        while (coming.length < Math.min(startedAhead, kills - number)) coming.push(start());
        const killed = await killOne(number, await coming.shift()!);
        journeys.push(...killed.journeys);
        unanswered += killed.unanswered;
      }
      orphansAtFirst += (await findOrphans(journeys)).length;
      for (const minutes of [6, 8, 10]) await recover(minutes);
      const open = sql`select from connect_attempts where phase = 'exchanging' or code_due_at is not null`;
      expect(await database.query(open)).toEqual([]);
      const recorded = await listRecorded();
      expect((await findOrphans(journeys)).filter(({ projectID }) => !recorded.has(projectID))).toEqual([]);
      while ((await runRevocations(parts(Date.now() + 11 * 60_000))) > 0);
      expect(await database.query(sql`select from revocations`)).toEqual([]);
      const told = await listRecorded();
      const left = await findOrphans(journeys);
      expect(left.filter(({ projectID }) => !told.has(projectID))).toEqual([]);
      orphansInTheEnd += left.length;
    }
    // Without this the kills would have proved nothing.
    expect(unanswered).toBeGreaterThan(kills / 2);
    expect(orphansAtFirst).toBeGreaterThan(kills / 5);
    // Most are really ended, not only recorded.
    expect(orphansInTheEnd).toBeLessThan(orphansAtFirst / 2);
  }, 1_800_000);
});
