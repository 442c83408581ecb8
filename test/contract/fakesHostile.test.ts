import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discoverEndpoint } from '../../src/oauth/discovery/discoverEndpoint.ts';
import { findMistakes } from '../../src/definitions/mistakes/findMistakes.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { hostileCatalogue, hostileSlug } from '../builders/hostileCatalogue.ts';
import { lies, type Lie } from '../fakes/hostile/metadata.ts';
import { startHostileServer, type HostileServer } from '../fakes/hostileServer.ts';
import { decideAtHonest, startHonestServer, type HonestServer } from '../fakes/honestServer.ts';
import { createPlainBrowser } from '../fakes/plainBrowser.ts';

/** Where the client's connection with each server comes back to. */
const hostileCallback = 'https://accounts.example.org/connect/callback/p/hostile';
const honestCallback = 'https://accounts.example.org/connect/callback/p/honest';
const publicClient = { method: 'none' } as const;

let honest: HonestServer;
let hostile: HostileServer;
let clientID: string;
beforeAll(async () => {
  honest = await startHonestServer();
  hostile = await startHostileServer(honest);
  ({ clientID } = honest.credentialsFor(publicClient));
});
afterAll(async () => {
  await hostile.close();
  await honest.close();
});
beforeEach(() => hostile.attack({}));

interface Configuration {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

async function readMetadata(): Promise<Configuration> {
  const url = `${hostile.fhirBase}/.well-known/smart-configuration`;
  const answer = await hostile.door.fetch({ method: 'GET', url });
  if (answer.outcome !== 'answered') throw new Error(answer.outcome);
  return JSON.parse(Buffer.from(answer.body).toString()) as Configuration;
}

/**
 * A client without any defence against mix-up: it believes the metadata, remembers where it began, and takes any
 * redirect with its state. What an attack does to it shows that the attack is one.
 */
async function connectNaively(
  consents: boolean,
  changes: { readonly aud?: undefined; readonly scope?: string } = {},
) {
  const metadata = await readMetadata();
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(32).toString('base64url');
  const query = new URLSearchParams(
    Object.entries({
      response_type: 'code',
      client_id: clientID,
      redirect_uri: hostileCallback,
      scope: 'launch/patient openid offline_access patient/*.rs',
      state,
      aud: hostile.fhirBase,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    }).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const url = hostile.door.browserUrl(`${metadata.authorization_endpoint}?${query.toString()}`);
  const browser = createPlainBrowser();
  const sent = await browser.get(url);
  const back = consents
    ? await decideAtHonest(
        browser,
        metadata.authorization_endpoint.startsWith(honest.issuer) ? url : sent.location!,
      )
    : sent;
  const answer = new URL(back.location!).searchParams;
  const code = answer.get('code');
  if (answer.get('state') !== state || code === null) return { back, answer };
  const exchange = await hostile.door.fetch({
    method: 'POST',
    url: metadata.token_endpoint,
    body: {
      form: {
        grant_type: 'authorization_code',
        code,
        redirect_uri: hostileCallback,
        code_verifier: verifier,
        client_id: clientID,
      },
    },
  });
  return { back, answer, code, verifier, exchange };
}

describe('the hostile server', () => {
  it('connects like any other server as long as it does not attack', async () => {
    const before = honest.ledger.authorizationRequests.length;
    const { exchange, code, verifier } = await connectNaively(false);
    expect(exchange).toMatchObject({ outcome: 'answered', status: 200 });
    expect(hostile.loot.codes.at(-1)).toBe(code);
    expect(hostile.loot.verifiers.at(-1)).toBe(verifier);
    expect(honest.ledger.authorizationRequests.length).toBe(before);
  });

  it('gets a code of the honest server, and tokens for it, from a client without defence: mix-up', async () => {
    hostile.attack({ relay: { clientID } });
    const { code, answer, exchange } = await connectNaively(true);
    // The defence was there for whoever had looked.
    expect(answer.get('iss')).toBe(honest.issuer);
    expect(exchange).toMatchObject({ outcome: 'answered', status: 200 });
    expect(hostile.loot.codes.at(-1)).toBe(code);
    const redeemed = await hostile.redeem(clientID);
    expect(redeemed.status).toBe(200);
    expect(JSON.parse(redeemed.body)).toMatchObject({ patient: 'pa-1' });
  });

  it('gets no code where the honest server knows the redirect addresses of its connection alone', async () => {
    const strict = await startHonestServer({ redirectUris: [honestCallback] });
    const attacker = await startHostileServer(strict);
    attacker.attack({ relay: { clientID } });
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientID,
      redirect_uri: hostileCallback,
      scope: 'openid',
      state: 'x',
      code_challenge: createHash('sha256').update('x').digest('base64url'),
      code_challenge_method: 'S256',
    });
    const relayed = await createPlainBrowser().get(
      attacker.door.browserUrl(`${attacker.issuer}/authorize?${query.toString()}`),
    );
    expect(await createPlainBrowser().get(relayed.location!)).toMatchObject({
      status: 400,
      location: undefined,
    });
    await attacker.close();
    await strict.close();
  });

  it('brings the answer of the honest server to the address of its connection, with a state of the other', async () => {
    hostile.attack({ relay: { clientID, redirectUri: honestCallback } });
    const metadata = await readMetadata();
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'other',
      redirect_uri: hostileCallback,
      scope: 'openid',
      state: 'mine',
      code_challenge: createHash('sha256').update('x').digest('base64url'),
      code_challenge_method: 'S256',
    });
    const browser = createPlainBrowser();
    const sent = await browser.get(
      hostile.door.browserUrl(`${metadata.authorization_endpoint}?${query.toString()}`),
    );
    const back = await decideAtHonest(browser, sent.location!);
    const { origin, pathname, searchParams } = new URL(back.location!);
    expect(origin + pathname).toBe(honestCallback);
    expect(searchParams.get('state')).toBe('mine');
    expect(honest.ledger.authorizationRequests.at(-1)).toMatchObject({ client_id: clientID });
  });

  it('says that it is itself, or the victim, in its redirect', async () => {
    for (const [iss, expected] of [
      ['own', hostile.issuer],
      ['of-victim', honest.issuer],
    ] as const) {
      hostile.attack({ iss });
      expect((await connectNaively(false)).answer.get('iss')).toBe(expected);
    }
    hostile.attack({});
    expect((await connectNaively(false)).answer.has('iss')).toBe(false);
  });

  it('leads whoever believes its metadata to the token endpoint of the victim', async () => {
    hostile.attack({ lie: 'token-endpoint-of-victim' });
    const before = honest.ledger.tokenRequests.length;
    await connectNaively(false);
    expect(honest.ledger.tokenRequests.slice(before)).toMatchObject([{ clientID, outcome: 'invalid_grant' }]);
  });

  it('lets a person log in at the victim and gets the code, unless aud says for which server it is', async () => {
    hostile.attack({ lie: 'authorization-endpoint-of-victim' });
    const refused = await connectNaively(true);
    expect(refused.answer.get('error')).toBe('invalid_request');
    const { code } = await connectNaively(true, { aud: undefined, scope: 'openid activity' });
    expect(hostile.loot.codes.at(-1)).toBe(code);
    expect((await hostile.redeem(clientID)).status).toBe(200);
  });

  it.each(Object.keys(lies).filter((lie) => lie !== 'none') as Lie[])(
    'tells one lie and no other: %s',
    async (lie) => {
      const truth = (await readMetadata()) as unknown as Readonly<Record<string, unknown>>;
      hostile.attack({ lie });
      const told = (await readMetadata()) as unknown as Readonly<Record<string, unknown>>;
      const changed = Object.keys(truth).filter(
        (name) => JSON.stringify(told[name]) !== JSON.stringify(truth[name]),
      );
      expect(changed.length).toBe(lie === 'everything-of-victim' ? 4 : 1);
    },
  );

  it.each([
    ['huge', { outcome: 'too-large' }],
    ['endless', { outcome: 'too-large' }],
    ['not-json', { outcome: 'unusable' }],
    ['to-private-address', { outcome: 'redirected-elsewhere' }],
    ['to-http', { outcome: 'redirected-elsewhere' }],
  ] as const)('sends metadata that our discovery refuses: %s', async (delivery, refusal) => {
    expect(await discoverEndpoint(hostile.door.fetch, hostile.fhirBase)).toMatchObject({ outcome: 'found' });
    hostile.attack({ delivery });
    expect(await discoverEndpoint(hostile.door.fetch, hostile.fhirBase)).toMatchObject(refusal);
  });

  it('sends our discovery in circles, for three rounds', async () => {
    hostile.attack({ delivery: 'in-circles' });
    const before = hostile.loot.requests.length;
    const discovery = await discoverEndpoint(hostile.door.fetch, hostile.fhirBase);
    expect(discovery.outcome).not.toBe('found');
    expect(hostile.loot.requests.length - before).toBeLessThanOrEqual(4);
  });

  it.each([
    ['redirects-to-victim', 307],
    ['asks-for-secret-again', 401],
  ] as const)('has a token endpoint that %s', async (token, status) => {
    hostile.attack({ token });
    const before = honest.ledger.tokenRequests.length;
    expect((await connectNaively(false)).exchange).toMatchObject({ outcome: 'answered', status });
    expect(honest.ledger.tokenRequests.length).toBe(before);
  });

  it('keeps secrets, assertions and tokens that it is sent', async () => {
    const post = (form: Readonly<Record<string, string>>, authorization?: string) =>
      hostile.door.fetch({
        method: 'POST',
        url: `${hostile.issuer}/token`,
        body: { form },
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      });
    await post({ client_assertion: 'a.b.c', client_secret: 's1', refresh_token: 'r1' });
    await post({}, `Basic ${Buffer.from('id:s2').toString('base64')}`);
    await post({}, 'Bearer t1');
    expect(hostile.loot).toMatchObject({
      assertions: ['a.b.c'],
      secrets: ['s1', 'id:s2'],
      refreshTokens: ['r1'],
      accessTokens: ['t1'],
    });
  });

  it('is a vendor among others in its catalogue, with the name and key that we have at the victim', () => {
    const clientAuthentication = { method: 'private_key_jwt', algorithms: ['RS384'] } as const;
    const { catalogue, findDoor } = hostileCatalogue(hostile, honest, { clientAuthentication });
    expect([...catalogue.definitions.keys()]).toEqual(['honestRecord', 'honestBand', hostileSlug]);
    expect(findMistakes(catalogue.definitions.get(hostileSlug)!, systemClock)).toEqual([]);
    expect(catalogue.credentials.get(hostileSlug)).toBe(honest.credentialsFor(clientAuthentication));
    expect(findDoor(hostileSlug)).toBe(hostile.door);
    expect(findDoor('honestBand')).toBe(honest.door);
  });
});
