import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deleteAccount } from '../../src/accounts/deleteAccount.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { afterExchange } from '../harness/afterExchange.ts';
import {
  createJourneyBrowser,
  goToProvider,
  readBack,
  returnAddress,
  studyOrigin,
} from '../harness/journeyBrowser.ts';
import { startTestService } from '../harness/testService.ts';
import { allowStudyPage, worlds, type Decision, type World, type WorldProvider } from '../harness/worlds.ts';

// With a fragment of its own, so that none of the provider's is passed on.
const connected = `${returnAddress.replace('%SUCCESSVALUE%', 'true')}#`;
const notConnected = returnAddress.replace('%SUCCESSVALUE%', 'false');

describe.each(worlds)('connecting, against %s', (_, open) => {
  let world: World;

  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.close());
  // The people at the provider are few: each test finds them unconnected.
  afterEach(async () => {
    const { projectID } = world.study;
    const rows = await world.database.query<{ account_id: number }>(
      sql`select account_id from external_accounts where project_id = ${projectID}`,
    );
    for (const { account_id: accountID } of rows)
      await deleteAccount(world.database, { projectID, accountID, actor: 'test', now: Date.now() });
  });

  async function newParticipant() {
    const { study, service } = world;
    const participantID = await study.addParticipant();
    return { participantID, token: await service.issueParticipantToken(study.projectID, participantID) };
  }

  /** A whole journey: where the browser was sent in the end. */
  async function connect(
    token: string,
    { providerID }: WorldProvider,
    decision: Decision = {},
    browser = createJourneyBrowser(world.service),
  ) {
    const { address } = await goToProvider(world.service, { token, providerID, browser });
    const answer = await browser.visit(await world.decide(address, decision));
    return { browser, answer, location: String(answer.headers.location) };
  }

  async function accountsOf(token: string) {
    const answer = await world.service.send({ url: '/api/v1/delegated/externalaccounts', token });
    return answer.json<Record<string, unknown>[]>();
  }

  const rowOf = async (participantID: string) => {
    const [row] = await world.database.query<{
      account_id: number;
      generation: number;
      connected_at: Date;
      due: boolean;
      is_proxy: boolean | null;
      provider_user_id: string;
      grants: number;
    }>(sql`
      select account_id, generation, connected_at, next_fetch_at is not null as due, is_proxy, provider_user_id,
             (select count(*)::integer from grants where grants.account_id = a.account_id
                 and grants.generation = a.generation) as grants
        from external_accounts a where participant_id = ${participantID}`);
    return row;
  };
  const ledgerOf = (accountID: number) =>
    world.database.query<{ scopes: string[]; open: boolean }>(sql`
      select scopes, ended_at is null as open from scope_periods where account_id = ${accountID} order by began_at`);
  const actionsOf = async (accountID: number) =>
    (
      await world.database.query<{ action: string }>(
        sql`select action from audit_entries where account_id = ${accountID} order by entry_id`,
      )
    ).map(({ action }) => action);

  it.each(['device', 'record'] as const)(
    'makes a consent at a %s an account: fetching, first fetch due, grant sealed, ledger open, audited',
    async (kind) => {
      const provider = world[kind];
      const { participantID, token } = await newParticipant();
      const { answer, location } = await connect(token, provider, { person: 0 });
      expect([answer.statusCode, location]).toEqual([303, connected]);
      const [account] = await accountsOf(token);
      expect(account).toMatchObject({
        status: 'fetchingData',
        provider: { name: provider.name, enabled: false },
      });
      expect(account).not.toHaveProperty('lastRefreshDate');
      expect(account).toHaveProperty('connectionDate');
      const row = await rowOf(participantID);
      expect(row).toMatchObject({ generation: 1, due: true, grants: 1 });
      expect(account?.['id']).toBe(row?.account_id);
      expect(account?.['providerUserID']).toBe(row?.provider_user_id);
      const [period, ...others] = await ledgerOf(row!.account_id);
      expect(others).toEqual([]);
      expect(period?.open).toBe(true);
      expect(new Set(period?.scopes)).toEqual(new Set(provider.scopes));
      if (kind === 'device') expect(account?.['dataScopes']).toBe(period?.scopes.join(' '));
      else expect(account).not.toHaveProperty('dataScopes');
      expect(await actionsOf(row!.account_id)).toEqual(['external-account.connected']);
      expect(world.isLatestGrantAlive()).toBe(true);
    },
  );

  it('keeps what was granted, not what was asked for', async () => {
    const { participantID, token } = await newParticipant();
    const { browser, location } = await connect(token, world.device, {
      person: 2,
      scopes: world.device.part,
    });
    // She is told what she left out before she goes on.
    const page = (await browser.visit(location)).body;
    expect(page).toContain('id="left-out"');
    expect(page).not.toContain('id="unasked"');
    // A link that she follows hands no fragment on.
    expect(`${readBack(page)}#`).toBe(connected);
    const row = await rowOf(participantID);
    const [period] = await ledgerOf(row!.account_id);
    expect(new Set(period?.scopes)).toEqual(new Set(world.device.part));
  });

  it('renews the same account on reconnect: number and first date kept, generation grown, new scopes in a new period', async () => {
    const { participantID, token } = await newParticipant();
    await connect(token, world.device, { person: 1 });
    const before = await rowOf(participantID);
    const { browser, location } = await connect(token, world.device, {
      person: 1,
      scopes: world.device.part,
    });
    expect(`${readBack((await browser.visit(location)).body)}#`).toBe(connected);
    const after = await rowOf(participantID);
    expect(after).toMatchObject({
      account_id: before!.account_id,
      connected_at: before!.connected_at,
      generation: 2,
      grants: 1,
    });
    const periods = await ledgerOf(before!.account_id);
    expect(periods.map(({ open }) => open)).toEqual([false, true]);
    expect(new Set(periods[1]?.scopes)).toEqual(new Set(world.device.part));
    expect(await actionsOf(before!.account_id)).toContain('external-account.reconnected');
    // Another person's account at the provider is not this one.
    const other = await connect(token, world.device, { person: 2 });
    expect((await other.browser.visit(other.location)).body).toContain('This is a different account');
    expect(await rowOf(participantID)).toEqual(after);
  });

  it('declined, ends on a page that says so and leads back with success=false; nothing stays', async () => {
    const { participantID, token } = await newParticipant();
    const requests = world.tokenRequests();
    const { browser, answer, location } = await connect(token, world.device, { decision: 'deny' });
    expect(answer.statusCode).toBe(303);
    expect(location).toMatch(/^https:\/\/accounts\.example\.org\/connect\/result\/[0-9a-f-]{36}$/);
    const page = await browser.visit(location);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain(`You did not agree to share data from ${world.device.name}.`);
    expect(page.body).toContain(`href="${notConnected.replaceAll('&', '&#38;')}"`);
    expect(await rowOf(participantID)).toBeUndefined();
    expect(world.tokenRequests()).toBe(requests);
    // Nobody else may see how it ended.
    expect((await createJourneyBrowser(world.service).visit(location)).statusCode).toBe(404);
  });

  it('takes the same answer once: a reload of the callback leads to the end, without a second exchange', async () => {
    const { participantID, token } = await newParticipant();
    const browser = createJourneyBrowser(world.service);
    const { address, link } = await goToProvider(world.service, {
      token,
      providerID: world.record.providerID,
      browser,
    });
    const callback = await world.decide(address, { person: 2 });
    const requests = world.tokenRequests();
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.visit(callback)));
    expect(world.tokenRequests()).toBe(requests + 1);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([303, 303, 303, 303, 303]);
    expect(answers.filter(({ headers }) => headers.location === connected)).toHaveLength(1);
    const again = await browser.visit(callback);
    expect((await browser.visit(String(again.headers.location))).headers.location).toBe(connected);
    // The back button, as far as the start page.
    expect((await browser.view(link, '')).body).toContain('is connected');
    expect(await browser.goOn(link)).toEqual({ outcome: 'go', address: connected.slice(0, -1) });
    expect(world.tokenRequests()).toBe(requests + 1);
    const row = await rowOf(participantID);
    expect(row?.generation).toBe(1);
  });

  it('lets her come back from the provider and go again: only the latest answer counts', async () => {
    const { token } = await newParticipant();
    const browser = createJourneyBrowser(world.service);
    const journey = { token, providerID: world.record.providerID, browser };
    const { address, link } = await goToProvider(world.service, journey);
    const older = await world.decide(address, { person: 2 });
    expect(await browser.open(link)).toEqual({ outcome: 'opened' });
    const again = await browser.goOn(link);
    const requests = world.tokenRequests();
    expect((await browser.visit(older)).statusCode).toBe(404);
    expect(world.tokenRequests()).toBe(requests);
    if (again.outcome !== 'go') throw new Error('not sent again');
    expect((await browser.visit(await world.decide(again.address, { decision: 'deny' }))).statusCode).toBe(
      303,
    );
  });

  it('works in two tabs at once', async () => {
    const one = await newParticipant();
    const browser = createJourneyBrowser(world.service);
    const first = await goToProvider(world.service, {
      token: one.token,
      providerID: world.device.providerID,
      browser,
    });
    const second = await goToProvider(world.service, {
      token: one.token,
      providerID: world.record.providerID,
      browser,
    });
    const answers = [
      await browser.visit(await world.decide(second.address, { person: 2 })),
      await browser.visit(await world.decide(first.address, { person: 2 })),
    ];
    expect(answers.map(({ headers }) => headers.location)).toEqual([connected, connected]);
    expect(await accountsOf(one.token)).toHaveLength(2);
  });

  it('gives an answer in another browser nobody’s account, whoever began and whoever agreed (CONNECT-SAME-BROWSER)', async () => {
    const attacker = await newParticipant();
    const { browser, address } = await goToProvider(world.service, {
      token: attacker.token,
      providerID: world.device.providerID,
    });
    const requests = world.tokenRequests();
    // Somebody else was sent to the provider and agreed there; her browser has no part in the journey.
    const callback = await world.decide(address, { person: 1 });
    const victim = createJourneyBrowser(world.service);
    const page = await victim.visit(callback);
    expect(page.statusCode).toBe(404);
    expect(page.body).not.toContain(studyOrigin);
    expect(page.headers.location).toBeUndefined();
    // The attacker gets nothing by carrying the answer home.
    const home = await browser.visit(callback);
    expect((await browser.visit(String(home.headers.location))).body).toContain('another browser');
    expect(world.tokenRequests()).toBe(requests);
    expect(await rowOf(attacker.participantID)).toBeUndefined();
  });

  it('makes no request for an answer that is nobody’s, malformed, late, or on another path (CONNECT-ONE-ANSWER)', async () => {
    const { participantID, token } = await newParticipant();
    const requests = world.tokenRequests();
    const journey = async () => {
      const begun = await goToProvider(world.service, { token, providerID: world.device.providerID });
      return { ...begun, callback: new URL(await world.decide(begun.address, { person: 1 })) };
    };
    const { browser, callback } = await journey();
    const variants = [
      (url: URL) => url.searchParams.delete('state'),
      (url: URL) => url.searchParams.set('state', 'f'.repeat(64)),
      (url: URL) => url.searchParams.append('state', url.searchParams.get('state')!),
      (url: URL) => url.searchParams.set('state', `${url.searchParams.get('state')!}0`),
    ];
    for (const change of variants) {
      const url = new URL(callback);
      change(url);
      expect((await browser.visit(url.href)).statusCode).toBe(404);
    }
    // The right answer on the path of another registration, or of another study, ends the journey.
    for (const change of [
      (path: string) => path.replace(/[^/]+$/, 'other'),
      (path: string) => path.replace(world.study.projectID, '7c9e6679-7425-40de-944b-e07fc1f90ae7'),
    ]) {
      const one = await journey();
      const right = one.callback.href;
      one.callback.pathname = change(one.callback.pathname);
      const answer = await one.browser.visit(one.callback.href);
      expect((await one.browser.visit(String(answer.headers.location))).body).toContain('for your safety');
      expect((await one.browser.visit(right)).headers.location).toContain('/connect/result/');
    }
    expect(world.tokenRequests()).toBe(requests);
    expect(await rowOf(participantID)).toBeUndefined();
  });

  it('takes no answer that comes after ten minutes, and says so', async () => {
    const { participantID, token } = await newParticipant();
    const { browser, address } = await goToProvider(world.service, {
      token,
      providerID: world.device.providerID,
    });
    const callback = await world.decide(address, { person: 1 });
    const requests = world.tokenRequests();
    await world.database.query(
      sql`update connect_attempts set expires_at = now() where participant_id = ${participantID}`,
    );
    const answer = await browser.visit(callback);
    expect((await browser.visit(String(answer.headers.location))).body).toContain('This took too long');
    expect(world.tokenRequests()).toBe(requests);
    expect(await rowOf(participantID)).toBeUndefined();
  });

  it('leads nobody to an address that the study has taken off its list meanwhile', async () => {
    const { token } = await newParticipant();
    const { browser, address } = await goToProvider(world.service, {
      token,
      providerID: world.device.providerID,
    });
    const callback = await world.decide(address, { person: 1 });
    const { projectID } = world.study;
    await world.database.query(sql`
      delete from redirect_targets where project_id = ${projectID} and target = ${studyOrigin}`);
    const answer = await browser.visit(callback);
    await allowStudyPage(world.database, world.study);
    expect(answer.headers.location).toContain('/connect/result/');
    expect(answer.headers.location).not.toContain(studyOrigin);
  });

  it('asks nobody whom the study has closed since the journey began', async () => {
    const { token } = await newParticipant();
    const { browser, link } = await goToProvider(world.service, {
      token,
      providerID: world.device.providerID,
    });
    const close = (message: string | null) =>
      world.database.query(sql`
        insert into project_providers (project_id, provider_id, allowed, message)
        values (${world.study.projectID}, ${world.device.providerID}, ${message === null}, ${message})
        on conflict (project_id, provider_id) do update set allowed = excluded.allowed, message = excluded.message`);
    await close('Not this week.');
    expect(await browser.goOn(link)).toMatchObject({ outcome: 'ended', title: 'This connection is closed' });
    await close(null);
  });

  it('lets other tabs wait for the end while the provider is asked', async () => {
    const { participantID, token } = await newParticipant();
    const { browser, link } = await goToProvider(world.service, {
      token,
      providerID: world.device.providerID,
    });
    await world.database.query(
      sql`update connect_attempts set phase = 'exchanging' where participant_id = ${participantID}`,
    );
    const waiting = {
      outcome: 'go',
      address: expect.stringContaining('/connect/result/') as string,
    };
    expect(await browser.open(link)).toEqual(waiting);
    expect(await browser.goOn(link)).toEqual(waiting);
    expect(await browser.cancel(link)).toEqual(waiting);
    const step = await browser.goOn(link);
    const page = await browser.visit(step.outcome === 'go' ? step.address : '');
    expect(page.body).toContain('One moment');
    expect(page.body).toContain('http-equiv="refresh"');
  });

  it('gives back a grant that a failure of ours kept from becoming an account', async () => {
    const { participantID, token } = await newParticipant();
    const { browser, address } = await goToProvider(world.service, {
      token,
      providerID: world.device.providerID,
    });
    const callback = await world.decide(address, { person: 1 });
    await world.database.query(sql`
      create function fail_for_a_moment() returns trigger language plpgsql as
        $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$`);
    await world.database.query(sql`
      create trigger failing before insert on external_accounts for each row execute function fail_for_a_moment()`);
    const answer = await browser.visit(callback);
    await world.database.query(sql`drop function fail_for_a_moment cascade`);
    expect((await browser.visit(String(answer.headers.location))).body).toContain('was interrupted');
    expect(await rowOf(participantID)).toBeUndefined();
    const queued = await world.database.query(
      sql`select from revocations where participant_id = ${participantID}`,
    );
    expect(queued).toHaveLength(1);
  });

  it('refuses a provider user whom another participant has connected, in words that tell nothing (CONNECT-ONE-PERSON)', async () => {
    const holder = await newParticipant();
    await connect(holder.token, world.device, { person: 1 });
    const second = await newParticipant();
    const { browser, location } = await connect(second.token, world.device, { person: 1 });
    const page = await browser.visit(location);
    expect(page.body).toContain('This account cannot be connected');
    expect(page.body).not.toContain(holder.participantID);
    expect(await rowOf(second.participantID)).toBeUndefined();
    const held = await rowOf(holder.participantID);
    expect(held).toMatchObject({ generation: 1, grants: 1 });
  });

  it('makes one account of fifty answers for the same provider user (CONNECT-ONE-PERSON)', async () => {
    const journeys = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const participant = await newParticipant();
        const begun = await goToProvider(world.service, {
          token: participant.token,
          providerID: world.device.providerID,
        });
        return { ...begun, callback: await world.decide(begun.address, { person: 1 }) };
      }),
    );
    const answers = await Promise.all(journeys.map(({ browser, callback }) => browser.visit(callback)));
    expect(answers.filter(({ headers }) => headers.location === connected)).toHaveLength(1);
    const [found] = await world.database.query<{ accounts: number; id: number }>(sql`
      select count(*)::integer as accounts, max(account_id) as id from external_accounts
       where project_id = ${world.study.projectID} and provider_id = ${world.device.providerID}`);
    expect(found?.accounts).toBe(1);
  });

  it('lets no journey that began before a deletion bring the account back (DELETE-FINAL)', async () => {
    const { participantID, token } = await newParticipant();
    await connect(token, world.device, { person: 1 });
    const row = await rowOf(participantID);
    const { browser, address } = await goToProvider(world.service, {
      token,
      providerID: world.device.providerID,
    });
    const callback = await world.decide(address, { person: 1 });
    const deletion = await world.service.send({
      method: 'DELETE',
      url: `/api/v1/delegated/externalaccounts/delete/${row!.account_id}`,
      token,
    });
    expect(deletion.statusCode).toBe(204);
    const answer = await browser.visit(callback);
    expect((await browser.visit(String(answer.headers.location))).body).toContain('was deleted');
    expect(await rowOf(participantID)).toBeUndefined();
  });

  it('makes no account of a journey that a deletion ends while the provider is asked, and gives its grant back (DELETE-FINAL)', async () => {
    const { participantID, token } = await newParticipant();
    await connect(token, world.device, { person: 1 });
    const row = await rowOf(participantID);
    let deletions = 0;
    const service = await startTestService(world.database, {
      catalogue: world.catalogue,
      findDoor: afterExchange(world.findDoor, async () => {
        const deletion = await world.service.send({
          method: 'DELETE',
          url: `/api/v1/delegated/externalaccounts/delete/${row!.account_id}`,
          token,
        });
        if (deletion.statusCode === 204) deletions++;
      }),
    });
    const { browser, address } = await goToProvider(service, { token, providerID: world.device.providerID });
    const answer = await browser.visit(await world.decide(address, { person: 1 }));
    expect(deletions).toBe(1);
    expect((await browser.visit(String(answer.headers.location))).body).toContain('was deleted');
    expect(await rowOf(participantID)).toBeUndefined();
    // That of the account that was deleted, and the one that came too late.
    const queued = await world.database.query<{ of_deleted: boolean }>(sql`
      select account_id = ${row!.account_id} and generation = ${row!.generation} as of_deleted from revocations
       where participant_id = ${participantID} order by 1`);
    expect(queued.map(({ of_deleted: ofDeleted }) => ofDeleted)).toEqual([false, true]);
    await service.close();
  });

  it('puts no token, code or secret into a log line, the audit trail or an address of ours (CONNECT-NO-LEAK)', async () => {
    const { participantID, token } = await newParticipant();
    const browser = createJourneyBrowser(world.service);
    const { address, link } = await goToProvider(world.service, {
      token,
      providerID: world.record.providerID,
      browser,
    });
    const callback = await world.decide(address, { person: 1 });
    const { searchParams } = new URL(callback);
    await browser.visit(callback);
    const secrets = [
      ...[searchParams.get('code')!, searchParams.get('state')!, link.slice(-64), token],
      ...browser.cookies.values(),
    ];
    const audit = await world.database.query<{ all: string }>(
      sql`select coalesce(jsonb_agg(to_jsonb(audit_entries))::text, '') as all from audit_entries`,
    );
    const attempts = await world.database.query<{ all: string }>(
      sql`select coalesce(jsonb_agg(to_jsonb(connect_attempts))::text, '') as all from connect_attempts`,
    );
    const written = [...world.service.log, audit[0]!.all, attempts[0]!.all].join('\n');
    for (const secret of secrets) expect(written.includes(secret)).toBe(false);
    expect(world.service.log.join('\n')).not.toContain(participantID);
  });
});
