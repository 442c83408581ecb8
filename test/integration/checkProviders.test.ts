import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandFailed, CommandLine } from '../../src/main/commandLine.ts';
import { command } from '../../src/main/commands/providers/check.ts';
import { createProviderFetch, type ProviderFetch } from '../../src/platform/outbound/providerFetch.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { buildDefinition, changeDefinition } from '../builders/definition.ts';
import { Writable } from 'node:stream';
import { createSelfSigned } from '../harness/selfSigned.ts';
import { startSecureServer, type SecureServer } from '../harness/secureServer.ts';
import { runCommand } from '../harness/runCommand.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

const hosts = ['whole', 'bare', 'none', 'useless', 'slow'];
const identity = createSelfSigned(hosts.map((name) => `${name}.example.org`));
const whole = {
  authorization_endpoint: 'https://auth.example.org/authorize',
  token_endpoint: 'https://auth.example.org/token',
  code_challenge_methods_supported: ['S256'],
  capabilities: [
    ...['launch-standalone', 'context-standalone-patient', 'permission-patient', 'permission-offline'],
    ...['permission-v2', 'client-confidential-asymmetric'],
  ],
};

let test: TestDatabase;
let environment: Record<string, string>;
let server: SecureServer;
let providerFetch: ProviderFetch;
let atOnce = 0;
let atOnceMax = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  environment = { TRIBUTARY_DATABASE_URL: urlOf(test.target) };
  server = await startSecureServer(
    'whole.example.org',
    (request, response) => {
      atOnceMax = Math.max(atOnceMax, ++atOnce);
      setTimeout(() => {
        atOnce--;
        answer(request.headers.host ?? '', (status, body) => response.writeHead(status).end(body));
      }, 50);
    },
    identity,
  );
  providerFetch = createProviderFetch({
    admittedNetworks: ['127.0.0.1'],
    trustedCertificates: [identity.certificate],
    resolve: (name) =>
      name === 'inside.example.org'
        ? Promise.resolve([{ address: '10.0.0.1', family: 4 }])
        : Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  });
  const endpoints = [...hosts, 'inside', 'stranger'].map(
    (name) => `https://${name}.example.org:${server.port}/r4`,
  );
  await test.database.query(sql`
    with stored as (insert into endpoints (base_url) select unnest(${endpoints}::text[]) returning endpoint_id, base_url)
    insert into providers (provider_id, name, category, source, source_key, definition, endpoint_id, retired_at)
    select 200000 + 10 * endpoint_id + copy, 'Clinic ' || split_part(base_url, '.', 1), 'Provider', 'lantern',
           base_url || copy, 'smartOnFhir', endpoint_id,
           case when base_url like '%slow%' then now() end
      from stored, generate_series(1, 2) as copy`);
});
afterAll(async () => {
  await providerFetch.close();
  await server.close();
});

function answer(host: string, send: (status: number, body: string) => void): void {
  if (host.startsWith('whole')) send(200, JSON.stringify(whole));
  else if (host.startsWith('bare'))
    send(200, JSON.stringify({ ...whole, code_challenge_methods_supported: [] }));
  else if (host.startsWith('useless')) send(200, '<html>');
  else send(404, '');
}

const run = (...words: string[]) =>
  runCommand(['providers', 'check', ...words], environment, { providerFetch });

describe('tributary providers check', () => {
  it('says for each definition whether it is set up, and what is missing', async () => {
    const oura = {
      TRIBUTARY_PROVIDER_OURA_CLIENT_ID: 'id',
      TRIBUTARY_PROVIDER_OURA_CLIENT_SECRET: 'hunter2',
    };
    const plain = await runCommand(['providers', 'check'], oura);
    expect(plain.code, plain.stderr).toBe(0);
    expect(plain.stdout).toMatch(/oura\s+ready/);
    expect(plain.stdout).toMatch(/strava\s+not set up.*TRIBUTARY_PROVIDER_STRAVA_CLIENT_ID, …_CLIENT_SECRET/);
    expect(plain.stdout).toMatch(/fitbit\s+retired/);
    expect(plain.stdout).toMatch(/libreView\s+closed to studies/);
    expect(plain.stdout).not.toContain('hunter2');
    const json = await runCommand(['providers', 'check', '--json'], oura);
    const { providers, mistakes } = JSON.parse(json.stdout) as { providers: object[]; mistakes: string[] };
    expect(mistakes).toEqual([]);
    expect(providers).toContainEqual(
      expect.objectContaining({ slug: 'oura', state: 'ready', kind: 'provider', missing: [] }),
    );
    expect(providers).toContainEqual(
      expect.objectContaining({
        slug: 'epic',
        state: 'not-set-up',
        kind: 'vendor',
        missing: ['TRIBUTARY_PROVIDER_EPIC_CLIENT_ID', 'TRIBUTARY_PROVIDER_EPIC_PRIVATE_KEY'],
      }),
    );
  });

  it('fails with every wrong setting', async () => {
    const result = await runCommand(['providers', 'check'], {
      TRIBUTARY_PROVIDER_OURA_CLIENT_ID: 'id',
      TRIBUTARY_PROVIDER_NOBODY_CLIENT_ID: 'id',
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/Oura is set up in part: TRIBUTARY_PROVIDER_OURA_CLIENT_SECRET/);
    expect(result.stderr).toMatch(/TRIBUTARY_PROVIDER_NOBODY_CLIENT_ID is not a setting of any provider/);
    expect(result.stdout).toMatch(/oura\s+not set up/);
  });

  it('fails with every wrong declaration', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-check-'));
    const wrong = changeDefinition(buildDefinition(), {
      slug: undefined,
      'auth.tokenUrl': 'http://a.example.org/',
    });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'meadow.js'), `export const provider = ${JSON.stringify(wrong)};`);
    const ignored = new Writable({ write: (_chunk, _encoding, done) => done() });
    const line = new CommandLine({ environment: {}, stdout: ignored, stderr: ignored });
    const providers = new Command('providers');
    command(providers, line, folder);
    const checked = providers.parseAsync(['check'], { from: 'user' });
    await expect(checked).rejects.toThrow(CommandFailed);
    await expect(checked).rejects.toThrow('meadow: auth.tokenUrl: must be https');
    await rm(folder, { recursive: true });
  });
});

describe('tributary providers check --discover', () => {
  it('reports what the servers publish, each looked up once, and does not fail for it', async () => {
    server.seen.length = 0;
    const result = await run('--discover', '--json', '--concurrency', '2');
    expect(result.code, result.stderr).toBe(0);
    const { endpoints } = JSON.parse(result.stdout) as {
      endpoints: { checked: number; outcomes: Record<string, number>; endpoints: { endpoint: string }[] };
    };
    expect(endpoints.checked).toBe(6);
    expect(endpoints.outcomes).toEqual({
      complete: 1,
      'lacks S256': 1,
      'publishes none (HTTP 404)': 1,
      'useless: the answer is not a JSON object': 1,
      'refused-address: not-public': 1,
      'unreachable: certificate': 1,
    });
    expect(endpoints.endpoints.map(({ endpoint }) => endpoint)).toEqual(
      ['bare', 'inside', 'none', 'stranger', 'useless', 'whole'].map(
        (name) => `https://${name}.example.org:${server.port}/r4`,
      ),
    );
    expect(endpoints.endpoints.at(-1)).toMatchObject({
      definition: 'smartOnFhir',
      organisations: 2,
      discovery: { outcome: 'found', configuration: { token_endpoint: 'https://auth.example.org/token' } },
    });
    expect(server.seen.map(({ path }) => path)).toEqual(Array(4).fill('/r4/.well-known/smart-configuration'));
    expect(atOnceMax).toBe(2);
  });

  it('prints counts, and a line for each server with something to mend', async () => {
    const { stdout, code } = await run('--discover');
    expect(code).toBe(0);
    expect(stdout).toContain('6 endpoints looked up.');
    expect(stdout).toMatch(/1\s+complete/);
    expect(stdout).toMatch(
      /https:\/\/bare\.example\.org:\d+\/r4\s+smartOnFhir\s+Clinic https:\/\/bare and 1 more\s+lacks S256/,
    );
    expect(stdout).not.toMatch(/https:\/\/whole\.example\.org:\d+\/r4\s+smartOnFhir/);
  });

  it('takes as many as it is told, of those that are searched for', async () => {
    const checked = async (...words: string[]) => {
      const { stdout } = await run('--discover', '--json', ...words);
      return (JSON.parse(stdout) as { endpoints: { checked: number } }).endpoints.checked;
    };
    expect(await checked('--limit', '3')).toBe(3);
    expect(await checked('--search', 'WHOLE')).toBe(1);
    expect(await checked('--search', '%')).toBe(0);
    expect(await checked('--search', 'slow')).toBe(0);
    expect((await run('--discover', '--concurrency', '0')).code).toBe(2);
  });
});
