import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { generateKeyPair } from '../src/access/generateKeyPair.ts';
import { issueParticipantToken } from '../src/access/tokens/participantTokens.ts';
import { parsePublicKey } from '../src/access/publicKey.ts';
import { createServiceAccount } from '../src/access/serviceAccounts.ts';
import type { Credentials } from '../src/definitions/credentials.ts';
import { settingPrefix } from '../src/definitions/settingNames.ts';
import { openCatalogue } from '../src/main/openCatalogue.ts';
import { systemRandom } from '../src/platform/random/random.ts';
import { raw, sql, type Database } from '../src/platform/storage/database.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { createSandboxCredentials } from '../src/sandbox/sandboxCredentials.ts';
import { startSandbox } from '../src/sandbox/startSandbox.ts';
import { createStudy } from '../test/builders/study.ts';
import { makeVerifier } from '../test/harness/journeyBrowser.ts';
import { createDatabase, type BenchServer } from './server.ts';
import type { Row } from './machine.ts';

const studyOrigin = 'https://study.example.org';
const atOnce = 16;
/** The sandbox has five people a provider, and each can be connected once in a study. */
const peopleOfStudy = 5;
const devices = ['oura', 'whoop'] as const;
const record = 'smartOnFhir';

/**
 * Whole journeys over HTTP, from the request for an address to the redirect that follows the transaction, against a
 * sandbox without latency. The service is one process; driver, sandbox and PostgreSQL share the two cores with it.
 */
export async function measureJourneys(server: BenchServer, count = 1_500): Promise<Row[]> {
  const name = 'tributary_bench_connect';
  const database = await createDatabase(server, name);
  const { definitions } = await openCatalogue({});
  const credentials = createSandboxCredentials(definitions, systemRandom);
  const sandbox = await startSandbox({ definitions, credentials, clock: systemClock, random: systemRandom });
  const service = await startPeer(server.urlOf(name), sandbox.origin, credentials);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  try {
    const providers = await findProviders(database);
    const rows: Row[] = [];
    for (const [what, providerID] of providers) {
      const people = await addPeople(database, providerID, what === record ? count : count / 2);
      const warmUp = people.splice(0, 50);
      await inParallel(warmUp, (person) => connect(agent, service.url, person));
      const began = performance.now();
      await inParallel(people, (person) => connect(agent, service.url, person));
      const perSecond = people.length / ((performance.now() - began) / 1000);
      rows.push({
        what: `journeys, ${what}`,
        figure: `${perSecond.toFixed(0)} a second`,
        aim: '≥ 100',
        note: `${people.length} journeys, ${atOnce} at once`,
      });
    }
    rows.push(...(await measureOpenJourneys({ database, agent, service, providers })));
    return rows;
  } finally {
    agent.destroy();
    await service.stop();
    await sandbox.close();
    await database.close();
  }
}

interface Person {
  readonly token: string;
  readonly providerID: number;
  /** Which of the sandbox's people she is there. */
  readonly place: number;
}

async function measureOpenJourneys(parts: {
  readonly database: Database;
  readonly agent: Agent;
  readonly service: Peer;
  readonly providers: readonly (readonly [string, number])[];
}): Promise<Row[]> {
  const { database, agent, service, providers } = parts;
  const [, providerID] = providers.at(-1)!;
  const open = 5_000;
  const people = await addPeople(database, providerID, open);
  await database.query(sql`truncate connect_attempts`);
  const size = async () => {
    const [row] = await database.query<{ bytes: string }>(
      sql`select pg_total_relation_size('connect_attempts')::text as bytes`,
    );
    return Number(row!.bytes);
  };
  const before = { table: await size(), memory: await service.memory() };
  await inParallel(people, async (person) => {
    await leave(agent, service.url, person);
  });
  await database.query(raw('vacuum full connect_attempts'));
  const after = { table: await size(), memory: await service.memory() };
  return [
    {
      what: 'an open journey in the database',
      figure: `${((after.table - before.table) / open).toFixed(0)} bytes`,
      aim: '< 2,048',
      note: 'with indexes, the participant at the provider',
    },
    {
      what: 'an open journey in the process',
      figure: `${(Math.max(0, after.memory - before.memory) / open).toFixed(0)} bytes`,
      aim: 'none',
      note: 'growth of resident memory; what remains is the heap that 20,000 requests left',
    },
  ];
}

/** From the request for an address to the address at the provider. */
async function leave(agent: Agent, base: string, { token, providerID }: Person) {
  const { verifier, verifierHash } = makeVerifier();
  const query = new URLSearchParams({
    finalRedirectPath: `${studyOrigin}/?success=%SUCCESSVALUE%`,
    verifierHash,
  });
  const asked = await send(agent, {
    method: 'POST',
    url: `${base}/api/v1/delegated/externalaccountproviders/${providerID}/connect?${query.toString()}`,
    headers: { authorization: `Bearer ${token}` },
  });
  const link = JSON.parse(asked.body) as string;
  await send(agent, { method: 'GET', url: link, headers: { referer: `${studyOrigin}/` } });
  const opened = await send(agent, {
    method: 'POST',
    url: `${link}/open`,
    headers: { origin: base },
    form: { verifier },
  });
  const cookie = (opened.headers['set-cookie']?.[0] ?? '').split(';')[0]!;
  const next = await send(agent, {
    method: 'POST',
    url: `${link}/continue`,
    headers: { origin: base, cookie },
    form: {},
  });
  const step = JSON.parse(next.body) as { outcome: string; address?: string };
  if (step.address === undefined) throw new Error(`The journey stopped: ${next.body}`);
  return { address: step.address, cookie };
}

async function connect(agent: Agent, base: string, person: Person): Promise<void> {
  const { address, cookie } = await leave(agent, base, person);
  const page = await send(agent, { method: 'GET', url: address, headers: {} });
  const people = [...page.body.matchAll(/name="person" value="([^"]*)"/g)].map(([, key]) => key!);
  const scopes = [...page.body.matchAll(/name="scope" value="([^"]*)"/g)].map(([, scope]) => scope!);
  const decided = await send(agent, {
    method: 'POST',
    url: address,
    headers: {},
    form: { person: people[person.place]!, scope: scopes, decision: 'allow' },
  });
  const back = decided.headers.location ?? '';
  const done = await send(agent, { method: 'GET', url: back, headers: { cookie } });
  if (done.headers.location !== `${studyOrigin}/?success=true`)
    throw new Error(`Not connected: ${done.status} ${done.headers.location}`);
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string | readonly string[]>>;
}

function send(agent: Agent, { method, url, headers, form }: Request) {
  const body = new URLSearchParams(
    Object.entries(form ?? {}).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    ),
  ).toString();
  const typed = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise<{ status: number; body: string; headers: IncomingHttpHeaders }>((resolve, reject) => {
    const sent = request(url, { method, agent, headers: { ...headers, ...typed } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          headers: answer.headers,
        }),
      );
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(form === undefined ? undefined : body);
  });
}

async function findProviders(database: Database): Promise<(readonly [string, number])[]> {
  const found: (readonly [string, number])[] = [];
  for (const slug of devices) {
    const [row] = await database.query<{ provider_id: number }>(
      sql`select provider_id from providers where source = 'built-in' and source_key = ${slug}`,
    );
    found.push([slug, row!.provider_id]);
  }
  const study = await createStudy(database);
  const clinic = await study.addProvider({
    name: 'Three Herons Hospital',
    definition: record,
    endpointUrl: 'https://fhir.three-herons.example/api/r4',
  });
  return [...found, [record, clinic]];
}

async function addPeople(database: Database, providerID: number, count: number): Promise<Person[]> {
  const pair = await generateKeyPair();
  const publicKeys = [await parsePublicKey(pair.publicKey)];
  const people: Person[] = [];
  while (people.length < count) {
    const study = await createStudy(database);
    const { projectID } = study;
    await database.query(
      sql`insert into redirect_targets (project_id, target) values (${projectID}, ${studyOrigin})`,
    );
    const name = `Tributary.bench.${randomUUID()}`;
    await database.transaction(async (transaction) => {
      const now = systemClock.now();
      const serviceAccountID = await createServiceAccount(transaction, {
        projectID,
        name,
        publicKeys,
        random: systemRandom,
        actor: 'bench',
        now,
      });
      const [key] = await transaction.query<{ key_id: string }>(
        sql`select key_id from service_account_keys where service_account_id = ${serviceAccountID}`,
      );
      const client = { serviceAccountID, keyID: key!.key_id, projectID, name, thumbprint: '' };
      for (let place = 0; place < peopleOfStudy; place++) {
        const participantID = randomUUID();
        await transaction.query(sql`
          insert into participants (project_id, participant_id, participant_identifier)
          values (${projectID}, ${participantID}, ${`P-${place}`})`);
        const token = await issueParticipantToken(transaction, {
          client,
          participantID,
          scopes: ['api'],
          lifetimeS: 21_600,
          now,
          random: systemRandom,
        });
        people.push({ token: token!, providerID, place });
      }
    });
  }
  return people.slice(0, count);
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

interface Peer {
  readonly url: string;
  /** Resident memory in bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

async function startPeer(
  databaseUrl: string,
  origin: string,
  credentials: ReadonlyMap<string, Credentials>,
): Promise<Peer> {
  const child = spawn('node', [join(import.meta.dirname, 'serveJourneys.ts'), origin], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TRIBUTARY_DATABASE_URL: databaseUrl,
      TRIBUTARY_MASTER_KEYS: `k-bench ${randomBytes(32).toString('base64url')}`,
      TRIBUTARY_PORT: '0',
      TRIBUTARY_LOG_LEVEL: 'warn',
      TRIBUTARY_RATE_LIMIT_DELEGATED: '0',
      TRIBUTARY_RATE_LIMIT_ADDRESS: '0',
      ...Object.fromEntries([...devices, record].flatMap((slug) => settingsOf(slug, credentials.get(slug)!))),
    },
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}`)));
  });
  return {
    url,
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function settingsOf(slug: string, { clientID, clientSecret, privateKey }: Credentials): [string, string][] {
  const prefix = settingPrefix(slug);
  return [
    [`${prefix}CLIENT_ID`, clientID],
    ...(clientSecret === undefined
      ? []
      : [[`${prefix}CLIENT_SECRET`, clientSecret.reveal()] as [string, string]]),
    ...(privateKey === undefined ? [] : [[`${prefix}PRIVATE_KEY`, privateKey.reveal()] as [string, string]]),
  ];
}
