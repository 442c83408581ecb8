import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askProvider } from '../../src/connect/steps/askProvider.ts';
import { endJourney, finalAddress, resultAddress } from '../../src/connect/steps/endJourney.ts';
import { isHers, isOpen, openLink, viewLink } from '../../src/connect/steps/openLink.ts';
import { receiveAnswer } from '../../src/connect/steps/receiveAnswer.ts';
import { openSecrets } from '../../src/connect/secrets/attemptSecrets.ts';
import { hashVerifier } from '../../src/connect/secrets/journeySecrets.ts';
import { changeConnectPolicy } from '../../src/projects/connectPolicy.ts';
import { addRedirectTargets, removeRedirectTargets } from '../../src/projects/redirectTargets.ts';
import { sql, type Database, type Sql } from '../../src/platform/storage/database.ts';
import {
  answerTo,
  ask,
  begin,
  createJourneyStand,
  openJourney,
  providerID,
  publicUrl,
  readAttempt,
  receive,
  studyOrigin,
  trailOf,
  type Asked,
  type JourneyStand,
} from '../builders/journey.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const tenMinutesMs = 10 * 60_000;
const finalRedirect = `${studyOrigin}/accounts?connected=%SUCCESSVALUE%`;
let database: Database;
let stand: JourneyStand;
/** A study that allows what its clients from before may. */
let study: Study;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
});
beforeEach(async () => {
  stand = await createJourneyStand(database);
  study = await createStudy(database);
  await allow({ allowWithoutVerifier: true });
  await database.transaction((transaction) =>
    addRedirectTargets(transaction, {
      projectID: study.projectID,
      targets: [studyOrigin],
      actor: 'test',
      now: 0,
    }),
  );
});

const allow = (change: { readonly allowWithoutVerifier?: boolean; readonly allowFromAnywhere?: boolean }) =>
  database.transaction((transaction) =>
    changeConnectPolicy(transaction, { projectID: study.projectID, change, actor: 'test', now: 0 }),
  );
const started = (more: object = {}) => ({
  action: 'external-account.connect-started',
  details: { providerID },
  occurred_at: new Date(stand.clock.now()),
  account_id: null,
  ...more,
});
const ended = (outcome: string) => ({
  ...started(),
  action: 'external-account.connect-ended',
  details: { providerID, outcome },
});

describe('startJourney', () => {
  it('stores a journey of ten minutes with its audit row, and gives an address of which nothing is stored', async () => {
    const begun = await begin(stand, study, { finalRedirect, verifierHash: hashVerifier('v') });
    const { attempt } = begun;
    expect(begun.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(attempt).toMatchObject({
      projectID: study.projectID,
      providerID,
      phase: 'made',
      browserDigest: null,
      verifierHash: hashVerifier('v'),
      finalRedirect,
      expiresAt: stand.clock.now() + tenMinutesMs,
      askedScopes: null,
      sealed: null,
      outcome: null,
    });
    expect(await trailOf(stand, begun)).toMatchObject([started()]);
    const [row] = await database.query<{ text: string; created_at: Date }>(sql`
      select to_jsonb(a)::text as text, created_at from connect_attempts a where attempt_id = ${attempt.attemptID}`);
    expect(row!.text).not.toContain(begun.secret);
    expect(row!.created_at).toEqual(new Date(stand.clock.now()));
  });

  it.each([
    ['accounts', /must be an absolute address/],
    ['https://elsewhere.example.org/', /not on the list of the study/],
    [`${studyOrigin}\\@evil.example`, /is not an address that every browser reads/],
  ])('refuses to return to %s', async (address, words) => {
    await expect(begin(stand, study, { finalRedirect: address })).rejects.toThrow(words);
  });

  it('refuses a client without a verifier, where the study has not allowed it', async () => {
    await allow({ allowWithoutVerifier: false });
    await expect(begin(stand, study)).rejects.toThrow('Send verifierHash');
    expect((await begin(stand, study, { verifierHash: hashVerifier('v') })).attempt.phase).toBe('made');
  });

  it('refuses a provider that is closed for her, in the words that she would read, and stores nothing', async () => {
    stand = {
      ...stand,
      parts: { ...stand.parts, catalogue: { ...stand.parts.catalogue, credentials: new Map() } },
    };
    const participantID = await study.addParticipant();
    await expect(begin(stand, study, { participantID })).rejects.toMatchObject({
      problem: { code: 'provider-not-connectable' },
    });
    expect(
      await database.query(sql`select from connect_attempts where participant_id = ${participantID}`),
    ).toEqual([]);
  });
});

describe('openLink', () => {
  const none = { browserSecret: undefined, verifier: undefined };

  it('binds the journey to a browser that is given a secret, of which only the digest is kept', async () => {
    const begun = await begin(stand, study);
    const opening = await openLink(stand.parts, begun.secret, none);
    const attempt = await readAttempt(stand, begun);
    if (opening.outcome !== 'opened') throw new Error(opening.outcome);
    expect(opening.browserSecret).toMatch(/^[0-9a-f]{64}$/);
    expect(attempt.phase).toBe('opened');
    expect(isHers(attempt, opening.browserSecret)).toBe(true);
    expect(isHers(attempt, undefined)).toBe(false);
    expect(isHers(attempt, 'another')).toBe(false);
    expect(isHers(begun.attempt, opening.browserSecret)).toBe(false);
  });

  it('takes the secret that the browser has already', async () => {
    const begun = await begin(stand, study);
    const browserSecret = 'b'.repeat(64);
    expect(await openLink(stand.parts, begun.secret, { ...none, browserSecret })).toMatchObject({
      outcome: 'opened',
      browserSecret,
    });
    expect(isHers(await readAttempt(stand, begun), browserSecret)).toBe(true);
  });

  it('lets the same browser open it again for as long as it is open, and no other one', async () => {
    const opened = await openJourney(stand, await begin(stand, study));
    const { secret, browserSecret } = opened;
    const again = (more: object) => openLink(stand.parts, secret, { ...none, ...more });
    expect(await again({ browserSecret })).toMatchObject({ outcome: 'opened', browserSecret });
    for (const other of [{}, { browserSecret: 'another' }])
      expect(await again(other)).toMatchObject({ outcome: 'other-browser' });
    stand.clock.advance(tenMinutesMs - 1);
    expect(await again({ browserSecret })).toMatchObject({ outcome: 'opened' });
    stand.clock.advance(1);
    expect(await again({ browserSecret })).toMatchObject({ outcome: 'expired' });
    expect((await readAttempt(stand, opened)).phase).toBe('opened');
  });

  it('gives it to one of two browsers that come together', async () => {
    const begun = await begin(stand, study);
    const openings = await Promise.all(
      Array.from({ length: 6 }, () => openLink(stand.parts, begun.secret, none)),
    );
    expect(openings.filter(({ outcome }) => outcome === 'opened')).toHaveLength(1);
    expect(openings.filter(({ outcome }) => outcome === 'other-browser')).toHaveLength(5);
  });

  it('ends the journey for a wrong verifier, and changes nothing for none at all', async () => {
    const begun = await begin(stand, study, { verifierHash: hashVerifier('right') });
    const open = (verifier?: string) =>
      openLink(stand.parts, begun.secret, { browserSecret: undefined, verifier });
    expect(await open()).toMatchObject({ outcome: 'wrong-verifier' });
    expect((await readAttempt(stand, begun)).phase).toBe('made');
    expect(await open('wrong')).toMatchObject({ outcome: 'wrong-verifier' });
    expect(await readAttempt(stand, begun)).toMatchObject({ phase: 'ended', outcome: 'wrong-verifier' });
    expect(await trailOf(stand, begun)).toMatchObject([started(), ended('wrong-verifier')]);
    expect(await open('right')).toMatchObject({ outcome: 'other-browser' });
    const other = await begin(stand, study, { verifierHash: hashVerifier('right') });
    expect(
      await openLink(stand.parts, other.secret, { browserSecret: undefined, verifier: 'right' }),
    ).toMatchObject({ outcome: 'opened' });
  });

  it('knows no other address, and none that has expired', async () => {
    expect(await openLink(stand.parts, 'f'.repeat(64), none)).toEqual({ outcome: 'unknown' });
    const begun = await begin(stand, study);
    stand.clock.advance(tenMinutesMs - 1);
    expect(
      (await viewLink(stand.parts, begun.secret, { browserSecret: undefined, cameFrom: studyOrigin })).view,
    ).toBe('start');
    stand.clock.advance(1);
    expect(await openLink(stand.parts, begun.secret, none)).toMatchObject({ outcome: 'expired' });
    expect((await readAttempt(stand, begun)).phase).toBe('made');
  });
});

describe('viewLink', () => {
  const view = (secret: string, cameFrom?: string, browserSecret?: string) =>
    viewLink(stand.parts, secret, { browserSecret, cameFrom });

  it.each([
    [`${studyOrigin}/page?x`, 'start'],
    [studyOrigin, 'start'],
    ['https://study.example.org.evil.example/', 'elsewhere'],
    ['http://study.example.org/', 'elsewhere'],
    ['study.example.org', 'elsewhere'],
    ['', 'elsewhere'],
    [undefined, 'elsewhere'],
  ])('of a browser that came from %s shows %s', async (cameFrom, expected) => {
    const begun = await begin(stand, study);
    expect((await view(begun.secret, cameFrom)).view).toBe(expected);
    expect((await readAttempt(stand, begun)).phase).toBe('made');
  });

  it('shows the start from anywhere where the study allows it', async () => {
    await allow({ allowFromAnywhere: true });
    expect((await view((await begin(stand, study)).secret)).view).toBe('start');
  });

  it('knows no other address, and none that was not opened in time', async () => {
    expect(await view('f'.repeat(64), studyOrigin)).toEqual({ view: 'unknown' });
    const begun = await begin(stand, study);
    stand.clock.advance(tenMinutesMs);
    expect(await view(begun.secret, studyOrigin)).toEqual({ view: 'unknown' });
  });

  it('shows the browser that has opened it where it stands, and others that it is another’s', async () => {
    const opened = await openJourney(stand, await begin(stand, study));
    expect(await view(opened.secret, studyOrigin)).toMatchObject({ view: 'other-browser' });
    expect(await view(opened.secret, undefined, opened.browserSecret)).toMatchObject({ view: 'start' });
    stand.clock.advance(tenMinutesMs);
    expect(await view(opened.secret, undefined, opened.browserSecret)).toMatchObject({ view: 'end' });
  });
});

describe('askProvider', () => {
  it('sends her with a state, a challenge and the address of the registration, and keeps what the answer needs', async () => {
    const asked = await ask(stand, await openJourney(stand, await begin(stand, study)));
    const { address, attempt } = asked;
    expect(`${address.origin}${address.pathname}`).toBe('https://cloud.ouraring.com/oauth/authorize');
    const redirectUri = `${publicUrl}/connect/callback/${study.projectID}/oura`;
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'client-of-oura',
      redirect_uri: redirectUri,
    });
    expect(asked.state).toMatch(/^[0-9a-f]{64}$/);
    expect(attempt).toMatchObject({ phase: 'authorizing', redirectUri });
    expect(attempt.askedScopes).toEqual(address.searchParams.get('scope')!.split(' '));
    const secrets = await openSecrets(stand.parts.vault, attempt, attempt.sealed!);
    expect(secrets.codeVerifier).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(secrets.nonce).toMatch(/^[0-9a-f]{64}$/);
    const challenge = address.searchParams.get('code_challenge');
    if (challenge !== null)
      expect(challenge).toBe(createHash('sha256').update(secrets.codeVerifier).digest('base64url'));
    expect(attempt.server).toMatchObject({ token_endpoint: 'https://api.ouraring.com/oauth/token' });
    expect(Object.keys(attempt.server!)).not.toContain('revocation_endpoint');
    const [row] = await database.query<{ text: string }>(
      sql`select to_jsonb(a)::text as text from connect_attempts a where attempt_id = ${attempt.attemptID}`,
    );
    for (const secret of [asked.state, secrets.codeVerifier, secrets.nonce])
      expect(row!.text).not.toContain(secret);
  });

  it('gives whoever asks again a new state, and forgets the old one', async () => {
    const opened = await openJourney(stand, await begin(stand, study));
    const first = await ask(stand, opened);
    const second = await ask(stand, first);
    expect(second.state).not.toBe(first.state);
    expect(await receiveOf(first)).toEqual({ outcome: 'unknown' });
    expect(await receiveOf(second)).toMatchObject({ outcome: 'received' });
  });

  it('is overtaken by an answer that is being dealt with, and by the end', async () => {
    const asked = await ask(stand, await openJourney(stand, await begin(stand, study)));
    await receive(stand, asked);
    expect(await askProvider(stand.parts, asked.attempt)).toEqual({ outcome: 'overtaken' });
    await endJourney(stand.parts, asked.attempt, 'cancelled');
    expect(await askProvider(stand.parts, asked.attempt)).toEqual({ outcome: 'overtaken' });
  });

  it('ends where the provider was closed since the journey began', async () => {
    const opened = await openJourney(stand, await begin(stand, study));
    const parts = {
      ...stand.parts,
      catalogue: { ...stand.parts.catalogue, credentials: new Map<string, never>() },
    };
    expect(await askProvider(parts, opened.attempt)).toEqual({ outcome: 'not-offered' });
    expect(await readAttempt(stand, opened)).toMatchObject({ phase: 'ended', outcome: 'not-offered' });
    expect(await trailOf(stand, opened)).toMatchObject([started(), ended('not-offered')]);
  });

  it('ends where the study has closed the provider, although it could be connected', async () => {
    const opened = await openJourney(stand, await begin(stand, study));
    await study.addAccount({ participantID: opened.attempt.participantID, providerID });
    await database.query(sql`update providers set enabled = false where provider_id = ${providerID}`);
    try {
      expect(await askProvider(stand.parts, opened.attempt)).toEqual({ outcome: 'not-offered' });
    } finally {
      await database.query(sql`update providers set enabled = true where provider_id = ${providerID}`);
    }
  });

  it('ends with what is the trouble where the server cannot be found out', async () => {
    const opened = await openJourney(stand, await begin(stand, study));
    const trouble = { outcome: 'trouble', verdict: 'retry-later', cause: 'discovery-unreachable' };
    const parts = { ...stand.parts, findServer: () => Promise.resolve(trouble) as never };
    expect(await askProvider(parts, opened.attempt)).toEqual({ outcome: 'provider-unavailable' });
    expect(await readAttempt(stand, opened)).toMatchObject({ outcome: 'provider-unavailable' });
    expect(stand.lines.join()).toContain('discovery-unreachable');
  });
});

const receiveOf = (asked: Asked, more: object = {}) =>
  receiveAnswer(stand.parts, {
    projectID: asked.attempt.projectID,
    context: 'oura',
    answer: answerTo(asked),
    browserSecret: asked.browserSecret,
    ...more,
  });

describe('receiveAnswer', () => {
  let asked: Asked;
  beforeEach(async () => {
    asked = await ask(stand, await openJourney(stand, await begin(stand, study)));
  });

  it('spends the state for one of several answers, and leaves five minutes from then on', async () => {
    const receptions = await Promise.all(Array.from({ length: 6 }, () => receiveOf(asked)));
    const [received] = receptions.filter(({ outcome }) => outcome === 'received');
    expect(received).toMatchObject({ state: asked.state, attempt: { attemptID: asked.attempt.attemptID } });
    expect(receptions.filter(({ outcome }) => outcome === 'seen-before')).toHaveLength(5);
    expect(await readAttempt(stand, asked)).toMatchObject({
      phase: 'exchanging',
      expiresAt: stand.clock.now() + 5 * 60_000,
    });
    expect(await receiveOf(asked)).toMatchObject({ outcome: 'seen-before' });
  });

  it('tells an answer without a state by the journey that waits in its browser, and ends none', async () => {
    const reception = await receiveOf(asked, { answer: new URLSearchParams('code=c') });
    expect(reception).toMatchObject({
      outcome: 'unmatched',
      attempt: { attemptID: asked.attempt.attemptID },
    });
    expect((await readAttempt(stand, asked)).phase).toBe('authorizing');
    const elsewhere = { answer: new URLSearchParams('code=c'), browserSecret: undefined };
    expect(await receiveOf(asked, elsewhere)).toEqual({ outcome: 'unmatched', attempt: undefined });
  });

  it.each<[string, (state: string) => string]>([
    ['another state', () => `code=c&state=${'0'.repeat(64)}`],
    ['two states', (state) => `code=c&state=${state}&state=${state}`],
    ['a state with something before it', (state) => `code=c&state=x${state}`],
    ['a state with something behind it', (state) => `code=c&state=${state}0`],
    ['a state in other letters', (state) => `code=c&state=${state.slice(0, -1)}%0a`],
  ])('knows no journey for %s, and ends none', async (_, query) => {
    expect(await receiveOf(asked, { answer: new URLSearchParams(query(asked.state)) })).toEqual({
      outcome: 'unknown',
    });
    expect((await readAttempt(stand, asked)).phase).toBe('authorizing');
  });

  it.each([undefined, 'another'])(
    'ends the journey when the answer comes in another browser (%s)',
    async (browserSecret) => {
      expect(await receiveOf(asked, { browserSecret })).toEqual({ outcome: 'unknown' });
      expect(await readAttempt(stand, asked)).toMatchObject({
        phase: 'ended',
        outcome: 'other-browser',
        sealed: null,
      });
      expect(await trailOf(stand, asked)).toMatchObject([started(), ended('other-browser')]);
      expect(await receiveOf(asked)).toMatchObject({ outcome: 'seen-before' });
    },
  );

  it('ends it when the answer comes on the path of another registration or study', async () => {
    expect(await receiveOf(asked, { context: 'strava' })).toMatchObject({ outcome: 'seen-before' });
    expect(await readAttempt(stand, asked)).toMatchObject({ phase: 'ended', outcome: 'wrong-issuer' });
    const other = await ask(stand, await openJourney(stand, await begin(stand, study)));
    const { projectID } = await createStudy(database);
    expect(await receiveOf(other, { projectID })).toMatchObject({ outcome: 'seen-before' });
    expect(await readAttempt(stand, other)).toMatchObject({ outcome: 'wrong-issuer' });
  });

  it('leaves a journey alone whose answer is being dealt with, wherever another one comes', async () => {
    await receiveOf(asked);
    expect(await receiveOf(asked, { browserSecret: 'another' })).toEqual({ outcome: 'unknown' });
    expect(await receiveOf(asked, { context: 'strava' })).toMatchObject({ outcome: 'seen-before' });
    expect((await readAttempt(stand, asked)).phase).toBe('exchanging');
  });

  it('spends no state that she has replaced at this very moment by asking again', async () => {
    let again: Asked | undefined;
    const query: Database['query'] = async <Row extends object>(statement: Sql) => {
      const rows = await database.query<Row>(statement);
      // Between finding the journey and spending its state.
      again ??= await ask(stand, asked);
      return rows;
    };
    const parts = { ...stand.parts, database: { ...database, query } };
    const { projectID } = asked.attempt;
    const { browserSecret } = asked;
    const call = { projectID, context: 'oura', answer: answerTo(asked), browserSecret };
    expect(await receiveAnswer(parts, call)).toMatchObject({ outcome: 'seen-before' });
    expect((await readAttempt(stand, asked)).phase).toBe('authorizing');
    expect(await receiveOf(again!)).toMatchObject({ outcome: 'received' });
  });

  it('ends one that comes after ten minutes, and no request is made for it', async () => {
    stand.clock.advance(tenMinutesMs);
    expect(await receiveOf(asked)).toMatchObject({ outcome: 'seen-before' });
    expect(await readAttempt(stand, asked)).toMatchObject({ phase: 'ended', outcome: 'expired' });
    expect(stand.seen).toEqual([]);
  });

  it('receives one that comes a moment before', async () => {
    stand.clock.advance(tenMinutesMs - 1);
    expect(await receiveOf(asked)).toMatchObject({ outcome: 'received' });
    // What is being dealt with is not ended by its clock.
    stand.clock.advance(tenMinutesMs);
    expect(await receiveOf(asked)).toMatchObject({ outcome: 'seen-before' });
    expect((await readAttempt(stand, asked)).phase).toBe('exchanging');
  });
});

describe('endJourney', () => {
  it('ends it once, with one audit row, and the first end stands', async () => {
    const asked = await ask(stand, await openJourney(stand, await begin(stand, study)));
    await endJourney(stand.parts, asked.attempt, 'cancelled');
    await endJourney(stand.parts, asked.attempt, 'expired');
    expect(await readAttempt(stand, asked)).toMatchObject({
      phase: 'ended',
      outcome: 'cancelled',
      sealed: null,
    });
    expect(await trailOf(stand, asked)).toMatchObject([started(), ended('cancelled')]);
    expect(isOpen(await readAttempt(stand, asked), stand.clock.now())).toBe(false);
  });

  it('tells where its browser reads the end, and where it goes then', async () => {
    const { attempt } = await begin(stand, study, { finalRedirect });
    expect(resultAddress(publicUrl, attempt)).toBe(`${publicUrl}/connect/result/${attempt.attemptID}`);
    const [yes, no] = [finalAddress(attempt, true), finalAddress(attempt, false)];
    expect(yes).toMatch(/^https:\/\/study\.example\.org\/accounts/);
    expect(yes).not.toBe(no);
    expect(finalAddress((await begin(stand, study)).attempt, true)).toBeUndefined();
  });

  it('sends nobody to an address that the study has taken off its list meanwhile', async () => {
    const begun = await begin(stand, study, { finalRedirect });
    await database.transaction((transaction) =>
      removeRedirectTargets(transaction, {
        projectID: study.projectID,
        targets: [studyOrigin],
        actor: 'test',
        now: 0,
      }),
    );
    expect(finalAddress(await readAttempt(stand, begun), true)).toBeUndefined();
  });
});
