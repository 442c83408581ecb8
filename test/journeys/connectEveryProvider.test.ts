import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteAccount } from '../../src/accounts/deleteAccount.ts';
import { runRevocations } from '../../src/accounts/runRevocations.ts';
import { covers, parseScopes } from '../../src/definitions/scopes.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createJourneyBrowser, goToProvider, readBack, returnAddress } from '../harness/journeyBrowser.ts';
import { playable } from '../harness/playSandbox.ts';
import { createTestVault } from '../harness/testVault.ts';
import { openSandboxWorld, type SandboxWorld } from '../harness/worlds.ts';

/** Everything that a participant can connect today. */
const offered = playable.filter(
  ({ lifecycle }) => lifecycle?.state !== 'retired' && lifecycle?.state !== 'closed',
);
// With a fragment of its own, so that none of the provider's is passed on.
const connected = `${returnAddress.replace('%SUCCESSVALUE%', 'true')}#`;

describe('every provider of the catalogue, played by the sandbox', () => {
  let world: SandboxWorld;
  const ids = new Map<string, number>();

  beforeAll(async () => {
    world = await openSandboxWorld({ device: 'oura', record: 'smartOnFhir' });
    for (const definition of offered) {
      const { slug, kind, category } = definition;
      ids.set(
        slug,
        kind === 'provider'
          ? await findRow(slug)
          : await world.study.addProvider({
              name: `${definition.name} Hospital`,
              category,
              definition: slug,
              endpointUrl: `https://fhir.${slug.toLowerCase()}-hospital.example/api/r4`,
            }),
      );
    }
  });
  afterAll(() => world.close());

  async function findRow(slug: string): Promise<number> {
    const [row] = await world.database.query<{ provider_id: number }>(
      sql`select provider_id from providers where source = 'built-in' and source_key = ${slug}`,
    );
    return row!.provider_id;
  }

  async function connect(slug: string, person: number, scopes?: readonly string[]) {
    const { service, study, database } = world;
    const participantID = await study.addParticipant();
    const token = await service.issueParticipantToken(study.projectID, participantID);
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID: ids.get(slug)!, browser });
    const callback = await world.decide(address, { person, ...(scopes && { scopes }) });
    const answer = await browser.visit(callback);
    const location = String(answer.headers.location);
    const page = location === connected ? undefined : (await browser.visit(location)).body;
    const [row] = await database.query<{
      account_id: number;
      provider_user_id: string | null;
      scopes: string[];
    }>(sql`
      select a.account_id, provider_user_id, scopes from external_accounts a
        join scope_periods p on p.account_id = a.account_id and ended_at is null
       where a.participant_id = ${participantID}`);
    return { location, page, row, address };
  }

  it('is about thirty ways to connect', () => {
    expect(offered.length).toBeGreaterThan(25);
  });

  it.each(offered.map((definition) => [definition.slug, definition] as const))(
    '%s: a whole consent becomes an account with the provider’s own name for the person and what was granted',
    async (slug, { auth }) => {
      const { location, page, row } = await connect(slug, 1);
      const added = auth.scopes.filter(({ addedByProvider }) => addedByProvider === true);
      // What nobody asked for is told first, where there is any.
      if (added.length === 0) expect([location, page]).toEqual([connected, undefined]);
      else for (const { label } of added) expect(page!.split('id="unasked"')[1]).toContain(label);
      const [grant] = world.sandbox.ledger.grants({ slug }).slice(-1);
      const person = world.sandbox.people.get(slug)![1]!;
      expect(row?.provider_user_id).toBe(auth.userID[0].from === 'first-data' ? null : person.userID);
      const told = parseScopes(grant!.scopes, auth);
      expect(row!.scopes.length).toBeGreaterThan(0);
      if (auth.grantedScopes.from !== 'request') expect(new Set(row!.scopes)).toEqual(new Set(told));
    },
  );

  const selective = offered.filter(
    ({ auth }) =>
      auth.grantedScopes.from !== 'request' && auth.scopes.filter(({ ask }) => ask === 'default').length > 1,
  );
  it.each(selective.map((definition) => [definition.slug, definition] as const))(
    '%s: boxes that she unticks are not among what was granted',
    async (slug) => {
      const { service, study } = world;
      const token = await service.issueParticipantToken(study.projectID, await study.addParticipant());
      const { address } = await goToProvider(service, { token, providerID: ids.get(slug)! });
      const page = await (await fetch(address)).text();
      const boxes = [...page.matchAll(/type="checkbox" name="scope" value="([^"]+)"/g)].map(
        ([, name]) => name!,
      );
      const needed = new Set(
        world.catalogue.definitions.get(slug)!.auth.kind === 'none'
          ? []
          : offered
              .find((one) => one.slug === slug)!
              .auth.scopes.flatMap(({ name, ask }) => (ask === 'required' ? [name] : [])),
      );
      const left = boxes.filter((name) => !needed.has(name)).at(-1)!;
      expect(boxes.length).toBeGreaterThan(1);
      const {
        location,
        page: ending,
        row,
      } = await connect(
        slug,
        2,
        boxes.filter((name) => name !== left),
      );
      const { auth } = offered.find((one) => one.slug === slug)!;
      const [name] = parseScopes([left], auth);
      const unticked = auth.scopes.find((scope) => covers(auth, [left], scope.name))!;
      const isAsked = unticked.addedByProvider !== true;
      if (isAsked && unticked.releases.some((type) => type !== 'identity' && type !== 'continued-access')) {
        expect(`${readBack(ending!)}#`).toBe(connected);
        expect(ending!.split('id="left-out"')[1]).toContain(unticked.label);
      } else expect(location).toBe(connected);
      expect(row!.scopes).not.toContain(name);
    },
  );

  it('gives every grant back in the vendor’s own way, where it has one', async () => {
    const { database, catalogue, findDoor, study } = world;
    const accounts = await database.query<{ account_id: number }>(
      sql`select account_id from external_accounts where project_id = ${study.projectID}`,
    );
    for (const { account_id: accountID } of accounts)
      await deleteAccount(database, {
        projectID: study.projectID,
        accountID,
        actor: 'test',
        now: Date.now(),
      });
    const lines: string[] = [];
    const clock = systemClock;
    const log = createWatchedLog(lines).log;
    const findServer = createServerFinder({ database, clock, log });
    const vault = createTestVault(database);
    const parts = { database, catalogue, findDoor, findServer, clock, vault, log };
    while ((await runRevocations(parts)) > 0);
    expect(lines.filter((line) => line.includes('unexpected'))).toEqual([]);
    expect(await database.query(sql`select from revocations`)).toEqual([]);
    const outcomes = await database.query<{ slug: string; outcome: string }>(sql`
      select p.definition as slug, a.details ->> 'outcome' as outcome
        from audit_entries a join scope_periods s on s.account_id = a.account_id join providers p using (provider_id)
       where action = 'grant.given-back'`);
    expect(outcomes.length).toBe(accounts.length);
    for (const { slug, outcome } of outcomes) {
      const { auth } = offered.find((one) => one.slug === slug)!;
      const expected = auth.revoke.by === 'participant' ? ['by-participant'] : ['revoked', 'already-gone'];
      expect(expected, slug).toContain(outcome);
      if (auth.revoke.by === 'participant') continue;
      for (const grant of world.sandbox.ledger.grants({ slug })) expect(grant.endedAt, slug).toBeDefined();
    }
  });

  it.each(['blueButton2', 'blueButton3'])(
    '%s: whoever keeps her personal details is known by her coverage, or by her claims, or by her first data',
    async (slug) => {
      const [patient, coverage, claims] = ['Patient', 'Coverage', 'ExplanationOfBenefit'].map(
        (type) => `patient/${type}.rs`,
      ) as [string, string, string];
      for (const [kept, known] of [
        [[coverage, claims], true],
        [[claims], true],
        [[patient], true],
        [['launch/patient'], false],
      ] as const) {
        const { page, row } = await connect(slug, 3, kept);
        // She has left something out, and is told.
        expect(page).toContain('is connected</h1>');
        const person = world.sandbox.people.get(slug)![3]!;
        expect(row?.provider_user_id).toBe(known ? person.userID : null);
        const { projectID } = world.study;
        const account = { projectID, accountID: row!.account_id, actor: 'test', now: Date.now() };
        await deleteAccount(world.database, account);
      }
    },
  );
});
