import type { Catalogue } from '../../src/definitions/catalogue.ts';
import type { AnyAuth } from '../../src/definitions/shape/auth.ts';
import { createSandboxDoor, type FindDoor } from '../../src/oauth/providerDoor.ts';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { createProviderFetch } from '../../src/platform/outbound/providerFetch.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database, type DatabaseTarget } from '../../src/platform/storage/database.ts';
import { systemClock, type Clock } from '../../src/platform/time/clock.ts';
import { digestOf, type LedgerEntry } from '../../src/sandbox/ledger/ledger.ts';
import { createSandboxCredentials } from '../../src/sandbox/sandboxCredentials.ts';
import { withSandbox } from '../../src/sandbox/sandboxCatalogue.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/startSandbox.ts';
import { addRedirectTargets } from '../../src/projects/redirectTargets.ts';
import { addHonestProviders, honestCatalogue } from '../builders/honestCatalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { decideAtHonest, startHonestServer } from '../fakes/honestServer.ts';
import { createPlainBrowser } from '../fakes/plainBrowser.ts';
import { studyOrigin } from './journeyBrowser.ts';
import { createTestDatabase } from './testDatabase.ts';
import { startTestService, type TestService } from './testService.ts';

/** What a participant does on the page of a provider. */
export interface Decision {
  /** One of the people with a login there; the first unless given. */
  readonly person?: number;
  /** Scopes that stay ticked; all that are offered unless given. */
  readonly scopes?: readonly string[];
  readonly decision?: 'allow' | 'deny';
}

/** A provider that a study can connect, and what it is told apart by. */
export interface WorldProvider {
  readonly providerID: number;
  readonly name: string;
  /** Granted when everything is agreed to. */
  readonly scopes: readonly string[];
  /** A part of them that can be granted alone. */
  readonly part: readonly string[];
}

/** Our service, and authorization servers for it: every test of a journey runs in each world. */
export interface World {
  readonly database: Database;
  /** For others who have to reach it on connections of their own. */
  readonly target: DatabaseTarget;
  readonly service: TestService;
  readonly study: Study;
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  readonly device: WorldProvider;
  readonly record: WorldProvider;
  /** From the address to which she is sent to the one to which the provider sends her back. */
  decide(address: string, decision?: Decision): Promise<string>;
  /** Token requests that the provider has seen, whatever it answered. */
  tokenRequests(): number;
  /** The grant to which the provider counts a code or a token; undefined for a code that was never exchanged. */
  grantOf(secret: string): number | string | undefined;
  /** Whether the provider would still accept what it gave for this grant. */
  isGrantAlive(grant: number | string): boolean;
  /** Whether the provider would still accept what it gave for the latest consent. */
  isLatestGrantAlive(): boolean;
  close(): Promise<void>;
}

export const worlds: readonly (readonly [name: string, open: () => Promise<World>])[] = [
  ['oidc-provider', openHonestWorld],
  ['the sandbox', () => openSandboxWorld({ device: 'oura', record: 'smartOnFhir' })],
];

async function openHonestWorld(): Promise<World> {
  const { database, target } = await createTestDatabase();
  const server = await startHonestServer();
  const offered = honestCatalogue(server, { clientAuthentication: { method: 'client_secret_basic' } });
  const service = await startTestService(database, offered);
  const study = await createStudy(database);
  const { recordID, bandID } = await addHonestProviders(study, server);
  await allowStudyPage(database, study);
  const people = ['ada', 'ben', 'cleo'];
  return {
    database,
    target,
    service,
    study,
    ...offered,
    device: {
      providerID: bandID,
      name: 'Honest Band',
      scopes: ['openid', 'profile', 'offline_access', 'activity', 'sleep'],
      part: ['openid', 'offline_access', 'sleep'],
    },
    record: {
      providerID: recordID,
      name: 'Honest Clinic',
      scopes: ['launch/patient', 'openid', 'fhirUser', 'offline_access', 'patient/*.rs'],
      part: ['launch/patient', 'openid', 'fhirUser', 'offline_access', 'patient/Observation.rs'],
    },
    decide: async (address, { person = 0, ...decision } = {}) => {
      const visit = await decideAtHonest(createPlainBrowser(), address, {
        person: people[person]!,
        ...decision,
      });
      if (visit.location === undefined) throw new Error(`stays at ${visit.url}: ${visit.status}`);
      return visit.location;
    },
    tokenRequests: () => server.ledger.tokenRequests.length,
    grantOf: (secret) => server.ledger.tokens.find(({ value }) => value === secret)?.grantID,
    isGrantAlive: (grant) =>
      server.ledger.tokens.some(
        ({ kind, grantID, state }) => kind === 'RefreshToken' && grantID === grant && state === 'alive',
      ),
    isLatestGrantAlive: () =>
      server.ledger.tokens.findLast(({ kind }) => kind === 'RefreshToken')?.state === 'alive',
    close: async () => {
      await service.close();
      await server.close();
    },
  };
}

/** The study's own page may be returned to, and an app. */
export async function allowStudyPage(database: Database, { projectID }: Study): Promise<void> {
  await database.transaction((transaction) =>
    addRedirectTargets(transaction, {
      projectID,
      targets: [studyOrigin, 'myapp:'],
      actor: 'test',
      now: 0,
    }),
  );
}

export interface SandboxWorld extends World {
  readonly sandbox: Sandbox;
}

/** Our service beside the sandbox of all providers, of which one is the device and one is the record. */
export async function openSandboxWorld(
  choice: { readonly device: string; readonly record: string },
  clock: Clock = systemClock,
): Promise<SandboxWorld> {
  const { database, target } = await createTestDatabase();
  const plain = await openCatalogue({});
  const { catalogue } = withSandbox(plain, createSandboxCredentials(plain.definitions, systemRandom));
  const sandbox = await startSandbox({ ...catalogue, clock, random: systemRandom });
  const fetch = createProviderFetch({ plainOrigin: sandbox.origin });
  const ofCodes = new Map<string, number>();
  let code: string | undefined;
  sandbox.ledger.watch(({ what, kind, token, grant }) => {
    if (what === 'used' && kind === 'code') code = token;
    if (what === 'grant-begun' && code !== undefined && grant !== undefined) ofCodes.set(code, grant);
  });
  const findDoor: FindDoor = (slug) => createSandboxDoor(fetch, sandbox.origin, slug);
  const service = await startTestService(database, { catalogue, findDoor, clock });
  const study = await createStudy(database);
  await allowStudyPage(database, study);
  const describe = (slug: string, providerID: number): WorldProvider => {
    const { auth, name } = catalogue.definitions.get(slug)!;
    if (auth.kind === 'none') throw new Error(`${slug} cannot be connected`);
    const asked = auth.scopes.filter(({ ask }) => ask === 'required' || ask === 'default');
    const [needed, optional] = [
      asked.filter(({ ask }) => ask === 'required'),
      asked.filter(({ ask }) => ask === 'default'),
    ];
    const write = (scopes: typeof asked) => scopes.map((scope) => inVersion2(auth, scope.name));
    return { providerID, name, scopes: write(asked), part: write([...needed, ...optional.slice(0, 1)]) };
  };
  return {
    database,
    target,
    service,
    study,
    catalogue,
    findDoor,
    sandbox,
    device: describe(choice.device, await findBuiltIn(database, choice.device)),
    record: {
      ...describe(
        choice.record,
        await study.addProvider({
          name: 'Three Herons Hospital',
          category: 'Provider',
          definition: choice.record,
          endpointUrl: 'https://fhir.three-herons.example/api/r4',
        }),
      ),
      name: 'Three Herons Hospital',
    },
    decide: (address, decision) => decideInSandbox(address, decision),
    tokenRequests: () => sandbox.ledger.entries({ limit: 100_000 }).filter(isTokenRequest).length,
    grantOf: (secret) => ofCodes.get(digestOf(secret)) ?? sandbox.ledger.find(secret)?.grant,
    isGrantAlive: (grant) =>
      sandbox.ledger.grants().some(({ id, endedAt }) => id === grant && endedAt === undefined),
    isLatestGrantAlive: () => sandbox.ledger.grants().at(-1)?.endedAt === undefined,
    close: async () => {
      await service.close();
      await sandbox.close();
      await fetch.close();
    },
  };
}

function isTokenRequest({ what, operation }: LedgerEntry): boolean {
  return what === 'request' && operation === 'token';
}

/** As the servers of the sandbox announce it. */
function inVersion2(auth: AnyAuth, name: string): string {
  return auth.kind === 'smart' && auth.scopeVersion === 'v2'
    ? name.replace(/^(patient\/.*)\.read$/, '$1.rs')
    : name;
}

async function findBuiltIn(database: Database, slug: string): Promise<number> {
  const [row] = await database.query<{ provider_id: number }>(
    sql`select provider_id from providers where source = 'built-in' and source_key = ${slug}`,
  );
  if (row === undefined) throw new Error(`There is no provider ${slug}`);
  return row.provider_id;
}

/** Logs in and decides on the sandbox's page, without a screen: the address to which it leads back. */
export async function decideInSandbox(address: string, decision: Decision = {}): Promise<string> {
  const browser = createPlainBrowser();
  const page = await browser.get(address);
  if (page.location !== undefined) return page.location;
  if (page.status !== 200) throw new Error(`The sandbox refuses (${page.status}): ${page.body}`);
  const values = (name: string) =>
    [...page.body.matchAll(new RegExp(`name="${name}" value="([^"]*)"`, 'g'))].map(([, value]) => value!);
  const decided = await browser.post(page.url, [
    ['person', values('person')[decision.person ?? 0]!],
    ...(decision.scopes ?? values('scope')).map((scope) => ['scope', scope] as const),
    ['decision', decision.decision ?? 'allow'],
  ]);
  if (decided.location === undefined)
    throw new Error(`The sandbox stays (${decided.status}): ${decided.body}`);
  return decided.location;
}
