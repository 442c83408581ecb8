import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealTokens } from '../../src/accounts/grant.ts';
import {
  claimRevocations,
  findLanes,
  type ClaimedRevocation,
} from '../../src/accounts/revocations/claimRevocations.ts';
import { giveBack } from '../../src/accounts/revocations/giveBack.ts';
import { giveUpOverdue } from '../../src/accounts/revocations/giveUpOverdue.ts';
import type { RevocationParts } from '../../src/accounts/revocations/revocationParts.ts';
import type { Catalogue } from '../../src/definitions/catalogue.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { answerWith, createScriptedDoor } from '../builders/scriptedDoor.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { createTestVault } from '../harness/testVault.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const done = answerWith(200, {});
const away = answerWith(503, {});
const tooMany = answerWith(429, {});

let database: Database;
let study: Study;
let catalogue: Catalogue;
/** Provider by definition. */
const numbers = new Map<string, number>();
let clock: FakeClock;
let answer: () => ProviderAnswer | Promise<ProviderAnswer>;
let seen: ProviderRequest[];
let parts: RevocationParts;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  study = await createStudy(database);
  const opened = await catalogueWith('fitbit', 'oura', 'whoop');
  const credentials = [...opened.credentials].map(
    ([slug, one]) => [slug, { ...one, clientSecret: new Secret('secret') }] as const,
  );
  catalogue = { ...opened, credentials: new Map(credentials) };
  const rows = await database.query<{ id: number; definition: string }>(
    sql`select provider_id as id, definition from providers where definition is not null`,
  );
  for (const { id, definition } of rows) numbers.set(definition, id);
});
beforeEach(async () => {
  await database.query(sql`delete from revocations`);
  await database.query(sql`delete from external_accounts`);
  await database.query(sql`delete from connect_attempts`);
  clock = createFakeClock();
  answer = () => done;
  const script = createScriptedDoor(() => answer());
  ({ seen } = script);
  parts = {
    database,
    catalogue,
    clock,
    findDoor: () => script.door,
    findServer: () => Promise.resolve({ outcome: 'found', server: undefined }) as never,
    vault: createTestVault(database),
    log: createLogger('error'),
  };
});

interface Queued {
  readonly accountID: number;
  readonly participantID: string;
  readonly userID: string | null;
  readonly provider: number;
}

let accounts = 5_000_000;

/** Queues a grant as it is queued with the deletion of its account. */
async function queue(
  definition: string,
  more: {
    readonly userID?: string | null;
    readonly expiresAt?: number;
    readonly accessExpiresAt?: number;
  } = {},
): Promise<Queued> {
  const accountID = ++accounts;
  const participantID = await study.addParticipant();
  const userID = more.userID === undefined ? `user-${accountID}` : more.userID;
  const place = { projectID: study.projectID, accountID, generation: 1, version: 1 };
  const tokens = {
    accessToken: new Secret(`access-${accountID}`),
    refreshToken: new Secret(`refresh-${accountID}`),
  };
  const sealed = await sealTokens(parts.vault, place, tokens);
  const now = new Date(clock.now());
  const provider = numbers.get(definition)!;
  await database.query(sql`
    insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                             provider_user_id, key_id, wrapped_key, access_token, refresh_token, access_expires_at,
                             created_at, due_at, expires_at)
    values (gen_random_uuid(), ${study.projectID}, ${accountID}, 1, 1, ${participantID}, ${provider}, ${userID},
            ${sealed.keyID}, ${sealed.wrappedKey}, ${sealed.accessToken}, ${sealed.refreshToken ?? null},
            ${more.accessExpiresAt === undefined ? null : new Date(more.accessExpiresAt)}::timestamptz,
            ${now}, ${now}, ${new Date(more.expiresAt ?? clock.now() + 30 * dayMs)})`);
  return { accountID, participantID, userID, provider };
}

async function claim({ provider }: Queued): Promise<ClaimedRevocation> {
  const [row] = await database.query<{ lane: number }>(sql`
    select lane from revocations where provider_id = ${provider} limit 1`);
  const claimed = await claimRevocations(
    parts,
    { lane: row!.lane, atOnce: 4 },
    { atMost: 1, firstTurnsFirst: true },
  );
  expect(claimed).toHaveLength(1);
  return claimed[0]!;
}

async function deal(queued: Queued) {
  return giveBack(parts, await claim(queued));
}

/** What is left in the queue; instants in milliseconds from now. */
async function left() {
  const rows = await database.query<{ claimed: boolean; tries: number; due_at: Date; expires_at: Date }>(
    sql`select claimed, tries, due_at, expires_at from revocations`,
  );
  return rows.map(({ due_at, expires_at, ...row }) => ({
    ...row,
    dueIn: due_at.getTime() - clock.now(),
    expiresIn: expires_at.getTime() - clock.now(),
  }));
}

const trail = ({ accountID }: Queued) =>
  database.query(sql`
    select project_id, actor, action, details, occurred_at from audit_entries where account_id = ${accountID}`);
const ended = (outcome: string) => [
  {
    project_id: study.projectID,
    actor: 'service',
    action: 'grant.given-back',
    details: { outcome },
    occurred_at: new Date(clock.now()),
  },
];

async function addJourney(
  participantID: string,
  providerID: number,
  { phase = 'exchanging', expiresIn = minuteMs } = {},
): Promise<void> {
  await database.query(sql`
    insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, phase, link_digest,
                                  browser_digest, redirect_uri, created_at, expires_at)
    values (gen_random_uuid(), ${study.projectID}, ${participantID}, ${providerID}, ${phase}::connect_phase,
            sha256(gen_random_uuid()::text::bytea), sha256('browser'), 'https://us.example.org/',
            ${new Date(clock.now())}, ${new Date(clock.now() + expiresIn)})`);
}

describe('a grant that is given back', () => {
  it.each([
    ['fitbit', 200, 'revoked'],
    ['whoop', 204, 'revoked'],
    ['oura', 200, 'revoked'],
  ])(
    'at %s, which answers %i, is forgotten, and the audit trail says %s',
    async (definition, status, outcome) => {
      const queued = await queue(definition);
      answer = () => answerWith(status, {});
      expect(await deal(queued)).toBe('dealt-with');
      expect(await left()).toEqual([]);
      expect(await trail(queued)).toEqual(ended(outcome));
      expect(seen).toHaveLength(1);
    },
  );

  it('is named by the token that the definition says', async () => {
    const fitbit = await queue('fitbit');
    await deal(fitbit);
    expect(seen[0]).toMatchObject({ body: { form: { token: `refresh-${fitbit.accountID}` } } });
    const whoop = await queue('whoop');
    await deal(whoop);
    expect(seen[1]?.headers).toMatchObject({ authorization: `Bearer access-${whoop.accountID}` });
  });

  it('by two processes at once leaves one audit row', async () => {
    const queued = await queue('oura');
    const row = await claim(queued);
    await Promise.all([giveBack(parts, row), giveBack(parts, row)]);
    expect(await trail(queued)).toEqual(ended('revoked'));
  });

  it('makes accounts of the same person due that were connected while the call was out, and none of others', async () => {
    const queued = await queue('oura');
    const connect = (more: object) =>
      study.addAccount({ providerID: queued.provider, hasGrant: true, ...more });
    let [hers, others] = [0, 0];
    answer = async () => {
      hers = await connect({ participantID: queued.participantID, providerUserID: queued.userID });
      others = await connect({ providerUserID: 'another' });
      return done;
    };
    await deal(queued);
    const due = await database.query<{ account_id: number }>(sql`
      select account_id from external_accounts where next_fetch_at = ${new Date(clock.now())}`);
    expect(due).toEqual([{ account_id: hers }]);
    expect(others).toBeGreaterThan(0);
  });

  it('finds her by herself where the provider has no name for her', async () => {
    const queued = await queue('oura', { userID: null });
    let hers = 0;
    answer = async () => {
      hers = await study.addAccount({
        participantID: queued.participantID,
        providerID: queued.provider,
        providerUserID: null,
        hasGrant: true,
      });
      return done;
    };
    await deal(queued);
    expect(
      await database.query(sql`select account_id from external_accounts where next_fetch_at is not null`),
    ).toEqual([{ account_id: hers }]);
  });

  it('makes nothing due where each consent is a grant of its own', async () => {
    const definition = catalogue.definitions.get('oura')!;
    if (definition.auth.kind === 'none') throw new Error('Another provider is needed');
    const perConsent = { ...definition, auth: { ...definition.auth, grantsPer: 'consent' as const } };
    parts = {
      ...parts,
      catalogue: { ...catalogue, definitions: new Map(catalogue.definitions).set('oura', perConsent) },
    };
    const queued = await queue('oura');
    answer = async () => {
      await study.addAccount({
        participantID: queued.participantID,
        providerID: queued.provider,
        providerUserID: queued.userID,
        hasGrant: true,
      });
      return done;
    };
    await deal(queued);
    expect(await trail(queued)).toEqual(ended('revoked'));
    expect(await database.query(sql`select from external_accounts where next_fetch_at is not null`)).toEqual(
      [],
    );
  });

  it('is not claimed to be gone where the access token that would have to say so has expired', async () => {
    answer = () => answerWith(204, {});
    for (const [accessExpiresAt, outcome] of [
      [clock.now(), 'access-token-expired'],
      [clock.now() - 1, 'access-token-expired'],
      [clock.now() + 1, 'revoked'],
    ] as const) {
      const queued = await queue('whoop', { accessExpiresAt });
      expect(await deal(queued)).toBe('dealt-with');
      expect(await trail(queued)).toEqual(ended(outcome));
    }
    expect(seen).toHaveLength(1);
    // Other calls are not made by this token.
    const queued = await queue('oura', { accessExpiresAt: clock.now() - 1 });
    await deal(queued);
    expect(await trail(queued)).toEqual(ended('revoked'));
  });
});

describe('a grant on which somebody lives', () => {
  it('is kept at the provider and forgotten here', async () => {
    const queued = await queue('oura');
    await study.addAccount({ providerID: queued.provider, providerUserID: queued.userID, hasGrant: true });
    expect(await deal(queued)).toBe('dealt-with');
    expect(seen).toEqual([]);
    expect(await left()).toEqual([]);
    expect(await trail(queued)).toEqual(ended('kept-for-another-account'));
  });

  it('waits a minute for a journey of hers to the same provider, without a try', async () => {
    const queued = await queue('oura');
    await addJourney(queued.participantID, queued.provider, { phase: 'authorizing' });
    expect(await deal(queued)).toBe('dealt-with');
    expect(seen).toEqual([]);
    expect(await left()).toEqual([{ claimed: false, tries: 0, dueIn: minuteMs, expiresIn: 30 * dayMs }]);
    expect(await trail(queued)).toEqual([]);
  });

  it('waits five seconds for a code of somebody else’s that is out, but no longer than an hour in all', async () => {
    const queued = await queue('oura');
    await addJourney(await study.addParticipant(), queued.provider, { expiresIn: 2 * hourMs });
    expect(await deal(queued)).toBe('dealt-with');
    expect(seen).toEqual([]);
    expect(await left()).toEqual([{ claimed: false, tries: 0, dueIn: 5 * secondMs, expiresIn: 30 * dayMs }]);
    clock.advance(hourMs);
    expect(await deal(queued)).toBe('dealt-with');
    expect(await trail(queued)).toEqual(ended('revoked'));
  });

  it('waits for no journey that is over, or to another provider', async () => {
    const queued = await queue('oura');
    await addJourney(queued.participantID, queued.provider, { expiresIn: 0 });
    await addJourney(queued.participantID, numbers.get('whoop')!);
    await deal(queued);
    expect(await trail(queued)).toEqual(ended('revoked'));
  });

  it('never waits beyond its end', async () => {
    const queued = await queue('oura', { expiresAt: clock.now() + 10 * secondMs });
    await addJourney(queued.participantID, queued.provider);
    await deal(queued);
    expect(await left()).toMatchObject([{ dueIn: 10 * secondMs, expiresIn: 10 * secondMs }]);
  });
});

describe('a grant whose provider does not answer', () => {
  it('is tried again after half a minute, then twice as long each time, up to an hour, for a day', async () => {
    const queued = await queue('oura');
    answer = () => away;
    const pauses = [];
    const began = clock.now();
    for (let tries = 1; tries <= 9; tries++) {
      expect(await deal(queued)).toBe('dealt-with');
      const [row] = await left();
      expect(row).toMatchObject({ claimed: false, tries, expiresIn: began + dayMs - clock.now() });
      pauses.push(row!.dueIn / secondMs);
      clock.advance(row!.dueIn);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(await trail(queued)).toEqual([]);
    // The last one is made when the day ends, however long the pause would be.
    clock.set(began + dayMs - 10 * secondMs);
    await deal(queued);
    expect(await left()).toMatchObject([{ dueIn: 10 * secondMs, expiresIn: 10 * secondMs }]);
  });

  it('is given up earlier where its thirty days are over', async () => {
    const queued = await queue('oura', { expiresAt: clock.now() + 20 * secondMs });
    answer = () => away;
    await deal(queued);
    expect(await left()).toMatchObject([{ dueIn: 20 * secondMs, expiresIn: 20 * secondMs }]);
  });

  it('is left alone for a minute, without a try, when it has had enough calls', async () => {
    const queued = await queue('oura');
    answer = () => tooMany;
    expect(await deal(queued)).toBe('too-many');
    expect(await left()).toEqual([{ claimed: false, tries: 0, dueIn: minuteMs, expiresIn: 30 * dayMs }]);
    expect(await trail(queued)).toEqual([]);
  });

  it.each([
    ['an answer', () => away, { tries: 2 }],
    ['too many calls', () => tooMany, { tries: 2 }],
  ])('is not touched by %s that comes when another process has claimed it', async (_, late, row) => {
    const queued = await queue('oura');
    const claimed = await claim(queued);
    clock.advance(3 * minuteMs);
    await claim(queued);
    answer = late;
    await giveBack(parts, claimed);
    expect(await left()).toMatchObject([{ ...row, claimed: true, dueIn: 2 * minuteMs }]);
  });

  it('is tried again tomorrow where its credentials are missing today, and the provider is not asked', async () => {
    const queued = await queue('oura');
    parts = { ...parts, catalogue: { ...catalogue, credentials: new Map() } };
    expect(await deal(queued)).toBe('dealt-with');
    expect(seen).toEqual([]);
    expect(await left()).toMatchObject([{ tries: 1, dueIn: 30 * secondMs, expiresIn: dayMs }]);
  });

  it('is tried again where its server cannot be found out', async () => {
    const queued = await queue('oura');
    const trouble = { outcome: 'trouble', verdict: 'retry-later', cause: 'discovery-unreachable' };
    parts = { ...parts, findServer: () => Promise.resolve(trouble) as never };
    expect(await deal(queued)).toBe('dealt-with');
    expect(seen).toEqual([]);
    expect(await left()).toMatchObject([{ tries: 1, dueIn: 30 * secondMs }]);
  });
});

describe('what waits for whom', () => {
  it('is found by server, with the limit of each, whether or not it was tried, and not before it is due', async () => {
    const lanes = new Map<string, number>();
    for (const definition of ['oura', 'whoop', 'fitbit']) {
      const { provider } = await queue(definition);
      const [row] = await database.query<{ lane: number }>(
        sql`select lane from revocations where provider_id = ${provider}`,
      );
      lanes.set(definition, row!.lane);
    }
    await database.query(sql`update revocations set tries = 1 where provider_id = ${numbers.get('whoop')!}`);
    await database.query(sql`
      update revocations set due_at = ${new Date(clock.now() + 1)} where provider_id = ${numbers.get('fitbit')!}`);
    const due = [lanes.get('oura')!, lanes.get('whoop')!].toSorted((a, b) => a - b);
    const find = (after: number) => findLanes(parts, after);
    expect(await find(-2_147_483_648)).toEqual(due.map((lane) => ({ lane, atOnce: 4 })));
    expect(await find(due[0]!)).toEqual([{ lane: due[1], atOnce: 4 }]);
    expect(await find(due[1]!)).toEqual([]);
    clock.advance(1);
    expect(await find(-2_147_483_648)).toHaveLength(3);
  });

  it('has the limit of its definition', async () => {
    const definition = catalogue.definitions.get('oura')!;
    const { auth } = definition;
    if (auth.kind === 'none' || auth.revoke.by !== 'call') throw new Error('Another provider is needed');
    const limited = { ...definition, auth: { ...auth, revoke: { ...auth.revoke, atOnce: 2 } } };
    parts = {
      ...parts,
      catalogue: { ...catalogue, definitions: new Map(catalogue.definitions).set('oura', limited) },
    };
    await queue('oura');
    expect(await findLanes(parts, -2_147_483_648)).toMatchObject([{ atOnce: 2 }]);
  });
});

describe('giving up', () => {
  it('forgets what is over, with an audit row for each, and leaves what is not over or is being tried', async () => {
    const over = await queue('oura', { expiresAt: clock.now() });
    const tried = await queue('whoop', { expiresAt: clock.now() });
    const later = await queue('fitbit', { expiresAt: clock.now() + 1 });
    await claim(tried);
    expect(await giveUpOverdue(parts)).toBe(1);
    expect(await trail(over)).toEqual(ended('given-up'));
    expect([await trail(tried), await trail(later)]).toEqual([[], []]);
    expect(await left()).toHaveLength(2);
    expect(await giveUpOverdue(parts)).toBe(0);
    clock.advance(2 * minuteMs);
    expect(await giveUpOverdue(parts)).toBe(2);
  });

  it.each([999, 1_000, 1_001, 2_000])('takes %i at once', async (count) => {
    const { accountID } = await queue('oura', { expiresAt: clock.now() });
    await database.query(sql`
      insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                               key_id, wrapped_key, access_token, created_at, due_at, expires_at)
      select gen_random_uuid(), project_id, account_id + n, 1, 1, participant_id, provider_id, key_id, wrapped_key,
             access_token, created_at, due_at, expires_at
        from revocations cross join generate_series(1, ${count - 1}::integer) n where account_id = ${accountID}`);
    expect(await giveUpOverdue(parts)).toBe(count);
    expect(await left()).toEqual([]);
  });
});
