import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import type { ProviderConnection } from '../../src/oauth/connection.ts';
import {
  completeAuthorization,
  prepareAuthorization,
  renewGrant,
  revokeGrant,
} from '../../src/oauth/oauth2.ts';
import { createSandboxDoor } from '../../src/oauth/providerDoor.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { createProviderFetch, type ProviderFetch } from '../../src/platform/outbound/providerFetch.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { named, playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import { boxesOf, parametersOf, redirectUri } from '../harness/sandboxClient.ts';
import { createTestDatabase, type TestDatabase } from '../harness/testDatabase.ts';

/** The service's own client and the sandbox, written apart from each other by the same definitions: they have to agree. */

let played: PlayedSandbox;
let fetch: ProviderFetch;
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  played = await playSandbox();
  fetch = createProviderFetch({ plainOrigin: played.sandbox.origin });
});
afterAll(async () => {
  await fetch.close();
  await played.sandbox.close();
});

describe.each(named)('%s', (slug, definition) => {
  const begin = async () => {
    const client = played.client(slug);
    const door = createSandboxDoor(fetch, played.sandbox.origin, slug);
    const connection: ProviderConnection = {
      definition,
      credentials: client.credentials,
      door,
      ...(definition.auth.kind === 'smart' && { fhirBase: client.base }),
    };
    const parts = { database: test.database, clock: systemClock, log: createWatchedLog().log };
    const found = await createServerFinder(parts)(connection);
    if (found.outcome !== 'found') throw new Error(found.cause);
    const { server } = found;
    const journey = {
      redirectUri,
      state: randomBytes(32).toString('base64url'),
      codeVerifier: randomBytes(32).toString('base64url'),
      nonce: randomBytes(16).toString('base64url'),
    };
    const { url, askedScopes } = prepareAuthorization(connection, server, journey);
    const page = await client.send('GET', url);
    expect(page.status, page.text).toBe(200);
    return { client, connection, server, journey, url, askedScopes, boxes: boxesOf(page.text) };
  };

  it('is connected by a participant who ticks everything, and disconnected', async () => {
    const { client, connection, server, journey, url, askedScopes, boxes } = await begin();
    const person = played.person(slug);
    const reply = await client.decide(url, [
      ['person', person.userID],
      ...boxes.map((name): [string, string] => ['scope', name]),
      ['decision', 'allow'],
    ]);
    const answered = { ...journey, server, askedScopes, answer: parametersOf(reply), accountID: 4711 };
    const outcome = await completeAuthorization({ clock: systemClock }, connection, answered);
    if (outcome.outcome !== 'granted') throw new Error(JSON.stringify(outcome));
    const { grant } = outcome;
    expect(grant.userID).toBe(definition.auth.userID[0].from === 'first-data' ? undefined : person.userID);
    expect(grant.scopes.length).toBeGreaterThan(0);
    const saysWho = ['openid', 'fhirUser'].every((name) => askedScopes.includes(name));
    expect(grant.isProxy).toBe(saysWho ? false : undefined);
    expect(played.sandbox.ledger.isAlive(slug, person.userID)).toBe(true);
    const revoked = await revokeGrant({ clock: systemClock }, connection, {
      server,
      accessToken: grant.accessToken,
      ...(grant.refreshToken !== undefined && { refreshToken: grant.refreshToken }),
      userID: person.userID,
      accountID: 4711,
    });
    const byParticipant = definition.auth.revoke.by === 'participant';
    expect(revoked.outcome).toBe(byParticipant ? 'by-participant' : 'revoked');
    expect(played.sandbox.ledger.isAlive(slug, person.userID)).toBe(byParticipant);
  });

  it('renews its tokens, and takes the new ones for what was asked', async () => {
    const { client, connection, server, journey, url, askedScopes, boxes } = await begin();
    const person = played.person(slug, 1);
    const reply = await client.decide(url, [
      ['person', person.userID],
      ...boxes.map((name): [string, string] => ['scope', name]),
      ['decision', 'allow'],
    ]);
    const answered = { ...journey, server, askedScopes, answer: parametersOf(reply), accountID: 4712 };
    const outcome = await completeAuthorization({ clock: systemClock }, connection, answered);
    if (outcome.outcome !== 'granted') throw new Error(JSON.stringify(outcome));
    const { accessToken, refreshToken } = outcome.grant;
    const { refresh, tokenAnswer } = definition.auth;
    expect(refreshToken === undefined).toBe(refresh.policy === 'none');
    if (refreshToken === undefined) return;
    const shown = { server, accessToken, refreshToken, redirectUri, userID: person.userID };
    const renewal = await renewGrant({ clock: systemClock }, connection, shown);
    if (renewal.outcome !== 'renewed') throw new Error(JSON.stringify(renewal));
    const { grant } = renewal;
    const goesOn = tokenAnswer.mayOmitTokens === true && refresh.policy === 'extends-in-place';
    expect(grant.accessToken.reveal() === accessToken.reveal()).toBe(goesOn);
    expect(grant.refreshToken?.reveal() === refreshToken.reveal()).toBe(
      refresh.policy === 'reusable' || refresh.policy === 'extends-in-place',
    );
    expect(grant.accessExpiresAt ?? Infinity).toBeGreaterThan(Date.now());
    if (grant.scopes !== undefined) expect(grant.scopes).toEqual(outcome.grant.scopes);
    expect(grant.userID ?? person.userID).toBe(person.userID);
    const refused = await renewGrant({ clock: systemClock }, connection, {
      ...shown,
      refreshToken: new Secret('never-given-to-anybody'),
      // Dexcom refuses good ones now and then.
      timesInARow: 10,
    });
    // Nobody has written how iHealth calls a token that is gone.
    expect(refused.outcome).toBe(slug === 'iHealth' ? 'failed' : 'refused');
  });

  it('tells that the participant declined', async () => {
    const { client, connection, server, journey, url, askedScopes } = await begin();
    const reply = await client.decide(url, [['decision', 'deny']]);
    const answered = { ...journey, server, askedScopes, answer: parametersOf(reply), accountID: 4711 };
    const outcome = await completeAuthorization({ clock: systemClock }, connection, answered);
    expect(outcome).toEqual({ outcome: 'declined' });
  });
});
