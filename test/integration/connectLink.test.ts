import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOldAttempts } from '../../src/connect/endOldAttempts.ts';
import { changeConnectPolicy } from '../../src/projects/connectPolicy.ts';
import { addRedirectTargets } from '../../src/projects/redirectTargets.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import {
  askForAddress,
  createJourneyBrowser,
  makeVerifier,
  returnAddress,
  studyOrigin,
} from '../harness/journeyBrowser.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';

const garmin = 6327;
const clock = createFakeClock(Date.parse('2026-11-26T10:00:00Z'));
let database: Database;
let service: TestService;
let study: Study;

beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database, { clock, catalogue: await catalogueWith('garmin', 'epic') });
  study = await createStudy(database);
  await allow(study, studyOrigin, 'myapp:');
});
afterAll(() => service.close());

async function allow(of: Study, ...targets: string[]) {
  await database.transaction((transaction) =>
    addRedirectTargets(transaction, { projectID: of.projectID, targets, actor: 'test', now: clock.now() }),
  );
}

async function newParticipant(of: Study = study, scopes?: readonly string[]) {
  const participantID = await of.addParticipant();
  const token = await service.issueParticipantToken(of.projectID, participantID, scopes);
  return { participantID, token };
}

async function newLink(query: Record<string, string> = {}, of: Study = study) {
  const { token, participantID } = await newParticipant(of);
  const { verifier, verifierHash } = makeVerifier();
  const answer = await askForAddress(service, token, garmin, {
    finalRedirectPath: returnAddress,
    verifierHash,
    ...query,
  });
  return { answer, link: answer.statusCode === 200 ? answer.json<string>() : '', verifier, participantID };
}

const acts = async (action: string) =>
  (await database.query(sql`select from audit_entries where action = ${action}`)).length;
const phaseOf = async (participantID: string) => {
  const [row] = await database.query<{ phase: string; outcome: string | null }>(
    sql`select phase, outcome from connect_attempts where participant_id = ${participantID}`,
  );
  return row;
};

describe('asking for an address', () => {
  it('gives an absolute address of ours without a fragment, as a JSON string, and leaves an audit row', async () => {
    const before = await acts('external-account.connect-started');
    const { answer, link } = await newLink();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toBe(JSON.stringify(link));
    expect(link).toMatch(/^https:\/\/accounts\.example\.org\/connect\/[0-9a-f]{64}$/);
    expect(await acts('external-account.connect-started')).toBe(before + 1);
  });

  it('stores neither the address nor the verifier, only what they hash to', async () => {
    const { link, verifier } = await newLink();
    const rows = await database.query<{ all: string }>(
      sql`select to_jsonb(connect_attempts)::text as all from connect_attempts`,
    );
    const text = rows.map(({ all }) => all).join('\n');
    expect(text).not.toContain(link.slice(-64));
    expect(text).not.toContain(verifier);
  });

  it('is refused without a verifier, unless the study allows it', async () => {
    const { token } = await newParticipant();
    const refused = await askForAddress(service, token, garmin, { finalRedirectPath: returnAddress });
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([400, 'verifier-required']);
    const old = await createStudy(database);
    await allow(old, studyOrigin);
    await database.transaction((transaction) =>
      changeConnectPolicy(transaction, {
        projectID: old.projectID,
        change: { allowWithoutVerifier: true },
        actor: 'test',
        now: clock.now(),
      }),
    );
    const participant = await newParticipant(old);
    const answer = await askForAddress(service, participant.token, garmin, {
      finalRedirectPath: returnAddress,
    });
    expect(answer.statusCode).toBe(200);
    const browser = createJourneyBrowser(service);
    expect(await browser.open(answer.json<string>())).toEqual({ outcome: 'opened' });
  });

  it.each([
    ['an address that is not on the list', 'https://evil.example.org/?success=%SUCCESSVALUE%', 400],
    ['a path', '/accounts', 400],
    ['a script', 'javascript:alert(1)', 400],
    ['an app that is not on the list', 'otherapp://done', 400],
    ['an app on the list', 'myapp://done?success=%SUCCESSVALUE%', 200],
    ['no address', '', 200],
  ])('with %s answers as it should', async (_, finalRedirectPath, status) => {
    const { answer } = await newLink({ finalRedirectPath });
    expect(answer.statusCode).toBe(status);
    if (status === 400) expect(answer.json<{ code: string }>().code).toBe('redirect-not-allowed');
  });

  it.each(['short', 'a'.repeat(44), `${'a'.repeat(42)}=`])('refuses the hash %j', async (verifierHash) => {
    const { answer } = await newLink({ verifierHash });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'invalid-request']);
  });

  it('tells a provider that nobody has, one that is closed, and one connected under another name', async () => {
    const { token, participantID } = await newParticipant();
    const { verifierHash } = makeVerifier();
    const ask = (id: number) =>
      askForAddress(service, token, id, { finalRedirectPath: returnAddress, verifierHash });
    expect((await ask(2_000_000_000)).statusCode).toBe(404);
    // Oura has no credentials here.
    expect((await ask(45417)).json()).toMatchObject({
      code: 'provider-not-connectable',
      message: 'Your study has not set up this connection.',
    });
    const endpointUrl = `https://fhir.${participantID}.example.org/r4`;
    const one = await study.addProvider({ name: 'North Clinic', definition: 'epic', endpointUrl });
    const other = await study.addProvider({ name: 'South Clinic', definition: 'epic', endpointUrl });
    await study.addAccount({ participantID, providerID: one });
    expect((await ask(other)).json()).toMatchObject({
      status: 409,
      message: 'It is connected already, through North Clinic.',
    });
    // Her own may be connected again, in whatever state it is.
    expect((await ask(one)).statusCode).toBe(200);
  });

  it('needs the scope that lets write', async () => {
    const { token } = await newParticipant(study, ['ExternalAccounts:read']);
    expect((await askForAddress(service, token, garmin, {})).statusCode).toBe(403);
  });

  it('keeps at most twenty journeys of a participant open, opened or not', async () => {
    const { token, participantID } = await newParticipant();
    for (let count = 0; count < 25; count++) {
      clock.advance(1);
      const { verifier, verifierHash } = makeVerifier();
      const query = { finalRedirectPath: returnAddress, verifierHash };
      const answer = await askForAddress(service, token, garmin, query);
      if (count % 2 === 0) await createJourneyBrowser(service).open(answer.json<string>(), verifier);
    }
    const rows = await database.query(
      sql`select from connect_attempts where participant_id = ${participantID}`,
    );
    expect(rows).toHaveLength(20);
  });
});

describe('the page behind an address', () => {
  it('names study and provider and what is asked, runs only our own files, and waits for a click', async () => {
    const { link, participantID } = await newLink();
    const page = await createJourneyBrowser(service).view(link);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Connect Garmin');
    expect(page.body).toContain(`Study ${study.projectID}`);
    expect(page.body).toContain('Daily activity, sleep, heart rate and other health measurements');
    expect(page.body).not.toContain(participantID);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['strict-transport-security']).toMatch(/^max-age=31536000/);
    // With it, the window that opened this one would never hear of the end.
    expect(page.headers['cross-origin-opener-policy']).toBeUndefined();
    expect(page.cookies).toEqual([]);
    expect(await phaseOf(participantID)).toEqual({ phase: 'made', outcome: null });
  });

  it('escapes what studies and providers are called', async () => {
    const evil = await study.addProvider({ name: '<script>alert("x")</script>', definition: 'garmin' });
    const { token } = await newParticipant();
    const answer = await askForAddress(service, token, evil, {
      finalRedirectPath: returnAddress,
      verifierHash: makeVerifier().verifierHash,
    });
    const page = await createJourneyBrowser(service).view(answer.json<string>());
    expect(page.body).toContain('&#60;script&#62;alert(&#34;x&#34;)');
    expect(page.body).not.toContain('<script>alert');
  });

  it.each([
    ['nowhere, as from a mail', ''],
    ["an attacker's page", 'https://evil.example.org/win'],
    ['a host that only looks like the study', 'https://study.example.org.evil.example/'],
    ['the study without encryption', 'http://study.example.org/'],
    ['garbage', 'study.example.org'],
  ])('is refused when the browser comes from %s', async (_, cameFrom) => {
    const { link, participantID } = await newLink();
    const page = await createJourneyBrowser(service).view(link, cameFrom);
    expect(page.statusCode).toBe(403);
    expect(page.body).toContain('Open this from your study');
    expect(page.body).not.toContain(studyOrigin);
    expect(await phaseOf(participantID)).toEqual({ phase: 'made', outcome: null });
  });

  it.each([
    ['to an app', 'myapp://done'],
    ['to nowhere', ''],
  ])(
    'makes no difference to that by leading back %s, which whoever asks for it chooses',
    async (_, finalRedirectPath) => {
      const { link } = await newLink({ finalRedirectPath });
      expect((await createJourneyBrowser(service).view(link, 'https://evil.example.org/')).statusCode).toBe(
        403,
      );
      expect((await createJourneyBrowser(service).view(link, '')).statusCode).toBe(403);
      expect((await createJourneyBrowser(service).view(link)).statusCode).toBe(200);
    },
  );

  it('comes from anywhere when the study says so, as one with an app has to', async () => {
    const open = await createStudy(database);
    await allow(open, studyOrigin, 'myapp:');
    await database.transaction((transaction) =>
      changeConnectPolicy(transaction, {
        projectID: open.projectID,
        change: { allowFromAnywhere: true },
        actor: 'test',
        now: clock.now(),
      }),
    );
    for (const finalRedirectPath of [returnAddress, 'myapp://done', '']) {
      const { link } = await newLink({ finalRedirectPath }, open);
      expect((await createJourneyBrowser(service).view(link, '')).statusCode).toBe(200);
    }
  });

  it('is not there for made-up, expired and other addresses, in the same words', async () => {
    const { link } = await newLink();
    clock.advance(10 * 60_000);
    const browser = createJourneyBrowser(service);
    const pages = [
      await browser.view(link),
      await browser.view(`${publicUrl}/connect/${randomBytes(32).toString('hex')}`),
      await browser.view(`${publicUrl}/connect/x`),
    ];
    expect(pages.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
    expect(new Set(pages.map(({ body }) => body)).size).toBe(1);
  });
});

describe('opening an address', () => {
  it('proves the verifier and binds the journey to the browser with a cookie that nobody else can set', async () => {
    const { link, verifier, participantID } = await newLink();
    const answer = await service.send({
      method: 'POST',
      url: `${link.replace(publicUrl, '')}/open`,
      headers: { origin: publicUrl, 'content-type': 'application/x-www-form-urlencoded' },
      payload: `verifier=${verifier}`,
    });
    expect(answer.json()).toEqual({ outcome: 'opened' });
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-tributary-connect=[0-9a-f]{64}; Max-Age=7200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(await phaseOf(participantID)).toEqual({ phase: 'opened', outcome: null });
  });

  it('without a verifier is refused and changes nothing: whoever runs the bare page spends nothing', async () => {
    const { link, verifier, participantID } = await newLink();
    const refused = await createJourneyBrowser(service).open(link);
    expect(refused).toMatchObject({ outcome: 'ended', title: 'This page was not opened by your study' });
    expect(refused).not.toHaveProperty('back');
    expect(await phaseOf(participantID)).toEqual({ phase: 'made', outcome: null });
    expect(await createJourneyBrowser(service).open(link, verifier)).toEqual({ outcome: 'opened' });
  });

  it('with a wrong verifier ends the journey, and the right one comes too late', async () => {
    const { link, verifier, participantID } = await newLink();
    const ended = await createJourneyBrowser(service).open(link, 'f'.repeat(32));
    expect(ended).toMatchObject({ outcome: 'ended', title: 'This page was not opened by your study' });
    expect(ended).not.toHaveProperty('back');
    expect(await createJourneyBrowser(service).open(link, verifier)).toMatchObject({ outcome: 'ended' });
    expect(await phaseOf(participantID)).toEqual({ phase: 'ended', outcome: 'wrong-verifier' });
  });

  it('works again for the same browser, without the verifier, and for no other one with it', async () => {
    const { link, verifier } = await newLink();
    const first = createJourneyBrowser(service);
    expect(await first.open(link, verifier)).toEqual({ outcome: 'opened' });
    expect(await first.open(link)).toEqual({ outcome: 'opened' });
    expect((await first.view(link, '')).statusCode).toBe(200);
    const second = createJourneyBrowser(service);
    expect(await second.open(link, verifier)).toMatchObject({ title: 'This belongs to another browser' });
    const page = await second.view(link);
    expect(page.statusCode).toBe(403);
    // It names nobody and nothing: what somebody connects is about her health.
    for (const name of [studyOrigin, 'Garmin', study.projectID]) expect(page.body).not.toContain(name);
    expect(JSON.stringify(await second.open(link, verifier))).not.toContain('Garmin');
    expect(await second.goOn(link)).toMatchObject({ title: 'This belongs to another browser' });
    expect(await second.cancel(link)).toMatchObject({ title: 'This belongs to another browser' });
    expect(await first.open(link)).toEqual({ outcome: 'opened' });
  });

  it('is won by one of many browsers that open it at once', async () => {
    const { link, verifier } = await newLink();
    const steps = await Promise.all(
      Array.from({ length: 20 }, () => createJourneyBrowser(service).open(link, verifier)),
    );
    expect(steps.filter(({ outcome }) => outcome === 'opened')).toHaveLength(1);
  });

  it('is for our own page only', async () => {
    const { link, verifier } = await newLink();
    for (const origin of [undefined, 'null', studyOrigin, 'https://evil.example.org'])
      for (const step of ['open', 'continue', 'cancel']) {
        const answer = await service.send({
          method: 'POST',
          url: `${link.replace(publicUrl, '')}/${step}`,
          headers: {
            ...(origin === undefined ? {} : { origin }),
            'content-type': 'application/x-www-form-urlencoded',
          },
          payload: step === 'open' ? `verifier=${verifier}` : '',
        });
        expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([403, 'not-from-here']);
      }
  });

  it('comes too late after ten minutes, also for the browser that has it open', async () => {
    const { link, verifier } = await newLink();
    const browser = createJourneyBrowser(service);
    await browser.open(link, verifier);
    const unopened = await newLink();
    clock.advance(10 * 60_000);
    expect(await createJourneyBrowser(service).open(unopened.link, unopened.verifier)).toMatchObject({
      title: 'This took too long',
    });
    clock.advance(-10 * 60_000);
    clock.advance(10 * 60_000);
    expect(await browser.open(link)).toMatchObject({ title: 'This took too long' });
    expect(await browser.goOn(link)).toMatchObject({
      title: 'This took too long',
      back: returnAddress.replace('%SUCCESSVALUE%', 'false'),
    });
  });
});

describe('cancelling', () => {
  it('ends the journey and leads back with success=false', async () => {
    const { link, verifier, participantID } = await newLink();
    const browser = createJourneyBrowser(service);
    await browser.open(link, verifier);
    expect(await browser.cancel(link)).toEqual({
      outcome: 'go',
      address: returnAddress.replace('%SUCCESSVALUE%', 'false'),
    });
    expect(await phaseOf(participantID)).toEqual({ phase: 'ended', outcome: 'cancelled' });
    expect(await browser.goOn(link)).toMatchObject({ outcome: 'ended', title: 'You stopped here' });
    expect((await browser.view(link)).body).toContain('You stopped here');
  });
});

describe('files of the pages', () => {
  it.each([
    ['/connect/start.js', 'text/javascript'],
    ['/connect/fragment.js', 'text/javascript'],
    ['/connect/style.css', 'text/css'],
    ['/Content/Loading.css', 'text/css'],
    ['/content/loading.css', 'text/css'],
  ])('%s is served to everybody', async (url, type) => {
    const answer = await service.send({ url });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(answer.body.length).toBeGreaterThan(100);
  });
});

describe('a page that cannot be served', () => {
  it('tells a person to try again, not a program what went wrong', async () => {
    const { database: own } = await createTestDatabase();
    const alone = await startTestService(own, { clock, environment: { TRIBUTARY_RATE_LIMIT_ADDRESS: '2' } });
    const url = `/connect/${'a'.repeat(64)}`;
    const answers = [await alone.send({ url }), await alone.send({ url }), await alone.send({ url })];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 429]);
    await own.query(sql`drop table connect_attempts`);
    clock.advance(60 * 60_000);
    const failed = await alone.send({ url });
    await alone.close();
    expect(failed.statusCode).toBe(500);
    for (const { headers, body } of [answers[2]!, failed]) {
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(body).toContain('Please try again');
    }
  });
});

describe('journeys that others end', () => {
  const endsOf = async (participantID: string) =>
    (
      await database.query<{ details: object }>(sql`
        select details from audit_entries
         where action = 'external-account.connect-ended' and actor = ${`participant:${participantID}`}`)
    ).map(({ details }) => details);

  it('leave an audit row when a later one of hers takes their place', async () => {
    const { token, participantID } = await newParticipant();
    const ask = async () => {
      clock.advance(1);
      return askForAddress(service, token, garmin, { verifierHash: makeVerifier().verifierHash });
    };
    for (let index = 0; index < 20; index++) expect((await ask()).statusCode).toBe(200);
    expect(await endsOf(participantID)).toEqual([]);
    await ask();
    await ask();
    const displaced = { providerID: garmin, outcome: 'displaced' };
    expect(await endsOf(participantID)).toEqual([displaced, displaced]);
    const open = await database.query(
      sql`select from connect_attempts where participant_id = ${participantID}`,
    );
    expect(open).toHaveLength(20);
  });

  it('leave an audit row when her account is deleted, if they had not ended', async () => {
    const { token, participantID } = await newParticipant();
    for (let index = 0; index < 3; index++)
      await askForAddress(service, token, garmin, { verifierHash: makeVerifier().verifierHash });
    await database.query(sql`
      update connect_attempts set phase = 'ended', outcome = 'declined'
       where attempt_id = (select attempt_id from connect_attempts where participant_id = ${participantID} limit 1)`);
    const accountID = await study.addAccount({ participantID, providerID: garmin });
    const answer = await service.send({
      method: 'DELETE',
      url: `/api/v1/delegated/externalaccounts/delete/${accountID}`,
      token,
    });
    expect(answer.statusCode).toBe(204);
    const deleted = { providerID: garmin, outcome: 'account-deleted' };
    expect(await endsOf(participantID)).toEqual([deleted, deleted]);
  });
});

describe('journeys whose time is over', () => {
  it('end with an audit row each, and are forgotten an hour later', async () => {
    await database.query(sql`delete from connect_attempts`);
    const { link, verifier } = await newLink();
    await createJourneyBrowser(service).open(link, verifier);
    await newLink();
    const { participantID: exchanging } = await newLink();
    await database.query(sql`
      update connect_attempts set phase = 'exchanging', browser_digest = link_digest, redirect_uri = 'x',
                                  server = '{}', key_id = null
       where participant_id = ${exchanging}`);
    const before = await acts('external-account.connect-ended');
    await endOldAttempts(database, clock);
    expect(await acts('external-account.connect-ended')).toBe(before);
    clock.advance(10 * 60_000);
    await Promise.all([endOldAttempts(database, clock), endOldAttempts(database, clock)]);
    expect(await acts('external-account.connect-ended')).toBe(before + 3);
    const rows = await database.query<{ outcome: string; server: unknown }>(
      sql`select outcome, server from connect_attempts order by outcome`,
    );
    expect(rows).toEqual([
      { outcome: 'expired', server: null },
      { outcome: 'expired', server: null },
      { outcome: 'interrupted', server: null },
    ]);
    clock.advance(59 * 60_000);
    await endOldAttempts(database, clock);
    expect(await database.query(sql`select from connect_attempts`)).toHaveLength(3);
    clock.advance(2 * 60_000);
    await endOldAttempts(database, clock);
    expect(await database.query(sql`select from connect_attempts`)).toEqual([]);
  });
});

describe('an answer without its state', () => {
  const callback = (query: string) =>
    `${publicUrl}/connect/callback/${study.projectID}/garmin${query === '' ? '' : `?${query}`}`;

  it.each(['error=access_denied&error_description=no', 'code=c'])(
    'says what happened, of the one journey of its browser, and ends nothing: %s',
    async (query) => {
      const { link, verifier, participantID } = await newLink();
      const browser = createJourneyBrowser(service);
      await browser.open(link, verifier);
      await database.query(sql`
        update connect_attempts set phase = 'authorizing', redirect_uri = 'x' where participant_id = ${participantID}`);
      const page = await browser.visit(callback(query));
      expect(page.body).toContain('Nothing was connected');
      expect(page.body).toContain('Garmin');
      expect(page.body).toContain(`Back to Study ${study.projectID}`);
      expect(page.body).not.toContain('only for ten minutes');
      expect(await phaseOf(participantID)).toEqual({ phase: 'authorizing', outcome: null });
      // Another browser is told of no journey.
      const stranger = await createJourneyBrowser(service).visit(callback(query));
      expect([stranger.statusCode, stranger.body.includes('Nothing was connected')]).toEqual([404, true]);
      expect(stranger.body).not.toContain('Garmin');
    },
  );

  it('is not taken for one of several journeys', async () => {
    const browser = createJourneyBrowser(service);
    for (let count = 0; count < 2; count++) {
      const { link, verifier, participantID } = await newLink();
      await browser.open(link, verifier);
      await database.query(sql`
        update connect_attempts set phase = 'authorizing', redirect_uri = 'x' where participant_id = ${participantID}`);
    }
    const page = await browser.visit(callback('error=access_denied'));
    expect(page.statusCode).toBe(404);
    expect(page.body).not.toContain('Garmin');
  });
});
