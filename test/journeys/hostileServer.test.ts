import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClientAuthentication } from '../../src/definitions/shape/auth.ts';
import type { StepBody } from '../../src/connect/browser/stepBody.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { addHonestProviders, honestRecordSlug } from '../builders/honestCatalogue.ts';
import { addHostileProvider, hostileCatalogue, hostileSlug } from '../builders/hostileCatalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { lies, type Lie } from '../fakes/hostile/metadata.ts';
import { startHostileServer, type HostileServer } from '../fakes/hostileServer.ts';
import { decideAtHonest, startHonestServer, type HonestServer } from '../fakes/honestServer.ts';
import { createPlainBrowser } from '../fakes/plainBrowser.ts';
import {
  askForAddress,
  createJourneyBrowser,
  makeVerifier,
  returnAddress,
  type JourneyBrowser,
} from '../harness/journeyBrowser.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { publicUrl, startTestService, type TestService } from '../harness/testService.ts';
import { allowStudyPage } from '../harness/worlds.ts';

const post: ClientAuthentication = { method: 'client_secret_post' };
const rsa: ClientAuthentication = { method: 'private_key_jwt', algorithms: ['RS384'] };

interface Scene {
  readonly database: Database;
  readonly service: TestService;
  readonly study: Study;
  readonly honest: HonestServer;
  readonly hostile: HostileServer;
  readonly hostileID: number;
  readonly clientID: string;
  close(): Promise<void>;
}

/** The real service with two vendors, of which one is after the other. */
async function openScene(clientAuthentication: ClientAuthentication): Promise<Scene> {
  const { database } = await createTestDatabase();
  const honest = await startHonestServer();
  const hostile = await startHostileServer(honest);
  const service = await startTestService(
    database,
    hostileCatalogue(hostile, honest, { clientAuthentication }),
  );
  const study = await createStudy(database);
  await allowStudyPage(database, study);
  await addHonestProviders(study, honest);
  return {
    database,
    service,
    study,
    honest,
    hostile,
    hostileID: await addHostileProvider(study, hostile),
    clientID: honest.credentialsFor(clientAuthentication).clientID,
    close: async () => {
      await service.close();
      await hostile.close();
      await honest.close();
    },
  };
}

/** A journey to the hostile vendor, up to the step at which the browser is sent away, or is not. */
async function begin({
  service,
  study,
  hostileID,
}: Scene): Promise<{ readonly browser: JourneyBrowser; readonly step: StepBody }> {
  const token = await service.issueParticipantToken(study.projectID, await study.addParticipant());
  const { verifier, verifierHash } = makeVerifier();
  const answer = await askForAddress(service, token, hostileID, {
    finalRedirectPath: returnAddress,
    verifierHash,
  });
  const link = answer.json<string>();
  const browser = createJourneyBrowser(service);
  await browser.view(link);
  await browser.open(link, verifier);
  return { browser, step: await browser.goOn(link) };
}

/** The address to which the hostile vendor, or its victim after a consent, sends the browser back. */
async function visitProvider(step: StepBody): Promise<string> {
  if (step.outcome !== 'go') throw new Error(`not sent to the provider: ${JSON.stringify(step)}`);
  const atProvider = createPlainBrowser();
  const sent = await atProvider.get(step.address);
  const isRelayed = sent.location?.includes('/login.honest.example/') === true;
  const { location } = isRelayed ? await decideAtHonest(atProvider, sent.location) : sent;
  return location ?? '';
}

/** How the journey ended, in the words of its last page; or where the browser was sent. */
async function comeBack(browser: JourneyBrowser, callback: string): Promise<string> {
  const answer = await browser.visit(callback);
  const location = String(answer.headers.location);
  return location.startsWith(publicUrl) ? (await browser.visit(location)).body : location;
}

const countAccounts = async ({ database }: Scene) =>
  (await database.query<{ n: number }>(sql`select count(*)::integer as n from external_accounts`))[0]!.n;

/** Nobody was sent a code, a verifier, a secret or an assertion, and nothing came of it all. */
async function expectNothingGiven(scene: Scene): Promise<void> {
  const { codes, verifiers, secrets, assertions } = scene.hostile.loot;
  expect({ codes, verifiers, secrets, assertions }).toEqual({
    codes: [],
    verifiers: [],
    secrets: [],
    assertions: [],
  });
  expect(scene.honest.ledger.tokenRequests.length).toBe(tokenRequestsBefore);
  expect(await countAccounts(scene)).toBe(0);
}

let scene: Scene;
let tokenRequestsBefore = 0;

/** One scene for the tests of a group; each finds nothing connected, nothing cached and nothing given. */
function share(clientAuthentication: ClientAuthentication): void {
  beforeAll(async () => {
    scene = await openScene(clientAuthentication);
  });
  afterAll(() => scene.close());
  beforeEach(async () => {
    await scene.database.query(sql`delete from external_accounts`);
    await scene.database.query(sql`delete from server_configurations`);
    scene.hostile.attack({});
    tokenRequestsBefore = scene.honest.ledger.tokenRequests.length;
  });
}

describe('a vendor that relays participants to another one (mix-up, CONNECT-RIGHT-PROVIDER)', () => {
  share(post);

  it('is connected like any other as long as it does not', async () => {
    const { browser, step } = await begin(scene);
    expect(await comeBack(browser, await visitProvider(step))).toBe(
      `${returnAddress.replace('%SUCCESSVALUE%', 'true')}#`,
    );
    expect(scene.hostile.loot.codes).toHaveLength(1);
    expect(await countAccounts(scene)).toBe(1);
  });

  it.each(['ours', 'its own'])('gets no code with the client identifier that is %s there', async (whose) => {
    const clientID = whose === 'ours' ? scene.clientID : 'honest-public';
    scene.hostile.attack({ relay: { clientID } });
    const { browser, step } = await begin(scene);
    const callback = await visitProvider(step);
    expect(new URL(callback).searchParams.get('iss')).toBe(scene.honest.issuer);
    expect(await comeBack(browser, callback)).toContain('for your safety');
    await expectNothingGiven(scene);
  });

  it('gets nothing connected by an answer at the address of the other connection', async () => {
    const redirectUri = `${publicUrl}/connect/callback/${scene.study.projectID}/${honestRecordSlug}`;
    scene.hostile.attack({ relay: { clientID: scene.clientID, redirectUri } });
    const { browser, step } = await begin(scene);
    const callback = await visitProvider(step);
    expect(callback.startsWith(`${redirectUri}?`)).toBe(true);
    expect(await comeBack(browser, callback)).toContain('for your safety');
    await expectNothingGiven(scene);
  });

  it('gets no code by an answer that says it is the victim’s', async () => {
    scene.hostile.attack({ iss: 'of-victim' });
    const { browser, step } = await begin(scene);
    expect(await comeBack(browser, await visitProvider(step))).toContain('for your safety');
    await expectNothingGiven(scene);
  });

  it('never gets a request repeated that its token endpoint redirects or refuses', async () => {
    for (const token of ['redirects-to-victim', 'asks-for-secret-again'] as const) {
      scene.hostile.attack({ token });
      const { browser, step } = await begin(scene);
      const before = scene.hostile.loot.codes.length;
      expect(await comeBack(browser, await visitProvider(step))).toContain('<h1>');
      expect(scene.hostile.loot.codes.length).toBe(before + 1);
    }
    expect(scene.honest.ledger.tokenRequests.length).toBe(tokenRequestsBefore);
    expect(await countAccounts(scene)).toBe(0);
  });

  // Last, because the victim knows its addresses from here on.
  it('gets no code without a name of its own, because its connection has an address that the victim does not know', async () => {
    const { projectID } = scene.study;
    scene.honest.registerRedirect(`${publicUrl}/connect/callback/${projectID}/${honestRecordSlug}`);
    scene.hostile.attack({ lie: 'no-issuer', relay: { clientID: scene.clientID } });
    const { step } = await begin(scene);
    if (step.outcome !== 'go') throw new Error(step.outcome);
    expect(new URL(step.address).searchParams.get('redirect_uri')).toMatch(new RegExp(`/${hostileSlug}$`));
    expect(await visitProvider(step)).toBe('');
    await expectNothingGiven(scene);
  });
});

describe('a vendor that wants an assertion for another one (audience injection, CONNECT-AUDIENCE)', () => {
  share(rsa);

  it('gets one that is good nowhere else, although it gave us the name and key that we have there', async () => {
    const { browser, step } = await begin(scene);
    await comeBack(browser, await visitProvider(step));
    const [assertion] = scene.hostile.loot.assertions;
    expect(assertion).toBeDefined();
    for (const path of ['/token', '/token/revocation', '/token/introspection']) {
      const answer = await scene.honest.door.fetch({
        method: 'POST',
        url: scene.honest.issuer + path,
        body: {
          form: {
            token: 'x',
            grant_type: 'authorization_code',
            code: 'x',
            redirect_uri: 'https://x.example',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: assertion!,
          },
        },
      });
      expect(answer, path).toMatchObject({ outcome: 'answered', status: 401 });
    }
  });

  it.each(['token-endpoint-of-victim', 'issuer-of-victim', 'everything-of-victim'] as const)(
    'gets none at all with the lie %s',
    async (lie) => {
      scene.hostile.attack({ lie });
      const { step } = await begin(scene);
      expect(step.outcome).toBe('ended');
      await expectNothingGiven(scene);
    },
  );
});

describe('a vendor whose metadata lie (CONNECT-LYING-SERVER)', () => {
  const harmless: readonly Lie[] = ['none', 'no-pkce', 'no-issuer'];

  share(post);

  it.each((Object.keys(lies) as Lie[]).filter((lie) => !harmless.includes(lie)))(
    'sees nobody: %s',
    async (lie) => {
      scene.hostile.attack({ lie });
      const { step } = await begin(scene);
      expect(step.outcome).toBe('ended');
      const hosts = new Set(scene.hostile.loot.requests.map(({ url }) => new URL(url).host));
      expect([...hosts]).toEqual(['fhir.hostile.example']);
      expect(scene.honest.ledger.authorizationRequests).toEqual([]);
      await expectNothingGiven(scene);
    },
  );

  it.each(['huge', 'endless', 'not-json', 'to-private-address', 'to-http', 'in-circles'] as const)(
    'sees nobody when it sends them %s',
    async (delivery) => {
      scene.hostile.attack({ delivery });
      const { step } = await begin(scene);
      expect(step.outcome).toBe('ended');
      await expectNothingGiven(scene);
    },
  );

  it('gets a challenge by SHA-256 although it asks for a plain one (CONNECT-PKCE)', async () => {
    scene.hostile.attack({ lie: 'no-pkce' });
    const { step } = await begin(scene);
    if (step.outcome !== 'go') throw new Error(step.outcome);
    const asked = new URL(step.address).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });
});
