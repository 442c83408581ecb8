import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { createProviderFetch } from '../../src/platform/outbound/providerFetch.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { runCommand } from '../harness/runCommand.ts';
import { startSecureServer } from '../harness/secureServer.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';
import { startTestService } from '../harness/testService.ts';

const pem = ({ privateKey }: { privateKey: { export(options: object): string | Buffer } }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const curve = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
const next = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }));

const environment = {
  TRIBUTARY_PROVIDER_EPIC_CLIENT_ID: 'epic',
  TRIBUTARY_PROVIDER_EPIC_PRIVATE_KEY: rsa,
  TRIBUTARY_PROVIDER_EPIC_PRIVATE_KEY_NEXT: next,
  TRIBUTARY_PROVIDER_MEDITECH_CLIENT_ID: 'meditech',
  TRIBUTARY_PROVIDER_MEDITECH_PRIVATE_KEY: curve,
  // The same key at another vendor is one key.
  TRIBUTARY_PROVIDER_NEXT_GEN_OFFICE_CLIENT_ID: 'office',
  TRIBUTARY_PROVIDER_NEXT_GEN_OFFICE_PRIVATE_KEY: rsa,
  TRIBUTARY_PROVIDER_OURA_CLIENT_ID: 'oura',
  TRIBUTARY_PROVIDER_OURA_CLIENT_SECRET: 'hunter2',
};

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});

describe('the key set for vendors', () => {
  it('holds the public halves of all keys and of those that will follow, each once, by their thumbprints', async () => {
    const service = await startTestService(test.database, { catalogue: await openCatalogue(environment) });
    try {
      const response = await service.send({
        url: '/.well-known/jwks.json',
        headers: { origin: 'https://x.example.org' },
      });
      expect(response.statusCode).toBe(200);
      expect(response.headers).toMatchObject({
        'cache-control': 'public, max-age=300',
        'access-control-allow-origin': '*',
      });
      const { keys } = response.json<{ keys: (JWK & { kid: string })[] }>();
      expect(keys.map(({ kty, alg, use }) => [kty, alg, use])).toEqual([
        ['RSA', 'RS384', 'sig'],
        ['RSA', 'RS384', 'sig'],
        ['EC', 'ES384', 'sig'],
      ]);
      for (const { kid, alg: _alg, use: _use, ...key } of keys) {
        expect(kid).toBe(await calculateJwkThumbprint(key, 'sha256'));
        expect(Object.keys(key).sort()).toEqual(
          key.kty === 'RSA' ? ['e', 'kty', 'n'] : ['crv', 'kty', 'x', 'y'],
        );
      }
      expect(new Set(keys.map(({ kid }) => kid)).size).toBe(3);
    } finally {
      await service.close();
    }
  });

  it('is empty where there is no key', async () => {
    const service = await startTestService(test.database, { catalogue: await openCatalogue({}) });
    try {
      expect((await service.send({ url: '/.well-known/jwks.json' })).json()).toEqual({ keys: [] });
    } finally {
      await service.close();
    }
  });

  it('is printed for vendors that do not fetch it, of one provider or of all', async () => {
    const print = async (...words: string[]) => {
      const { code, stdout, stderr } = await runCommand(['providers', 'jwks', ...words], environment);
      expect(code, stderr).toBe(0);
      expect(stdout + stderr).not.toMatch(/PRIVATE KEY|"d"|hunter2/);
      return (JSON.parse(stdout) as { keys: JWK[] }).keys;
    };
    expect(await print()).toHaveLength(3);
    expect(await print('epic', '--json')).toHaveLength(2);
    expect(await print('meditech')).toMatchObject([{ kty: 'EC', crv: 'P-384', alg: 'ES384' }]);
    for (const [slug, words] of [
      ['oura', 'oura has no private key'],
      ['nobody', 'no provider named nobody'],
    ] as const) {
      const result = await runCommand(['providers', 'jwks', slug], environment);
      expect([result.code, result.stdout]).toEqual([1, '']);
      expect(result.stderr).toContain(words);
    }
  });

  it('takes no next key that the provider would not take', async () => {
    await expect(
      openCatalogue({
        TRIBUTARY_PROVIDER_E_CLINICAL_WORKS_CLIENT_ID: 'ecw',
        TRIBUTARY_PROVIDER_E_CLINICAL_WORKS_PRIVATE_KEY: rsa,
        TRIBUTARY_PROVIDER_E_CLINICAL_WORKS_PRIVATE_KEY_NEXT: curve,
      }),
    ).rejects.toThrow(
      'TRIBUTARY_PROVIDER_E_CLINICAL_WORKS_PRIVATE_KEY_NEXT must be a key that the provider takes: RSA',
    );
  });
});

describe('tributary providers discover', () => {
  it('shows what a server says beside what is used, and accepts it when told', async () => {
    let said = {
      authorization_endpoint: 'https://login.clinic.example.org/a',
      token_endpoint: 'https://login.clinic.example.org/t',
    };
    const server = await startSecureServer('fhir.clinic.example.org', (request, response) => {
      if (request.url === '/r4/.well-known/smart-configuration') response.end(JSON.stringify(said));
      else response.writeHead(404).end();
    });
    const providerFetch = createProviderFetch({
      admittedNetworks: ['127.0.0.1'],
      trustedCertificates: [server.certificate],
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    await test.database.query(sql`
      with stored as (
        insert into endpoints (base_url) values (${`${server.origin}/r4`}), (${`${server.origin}/none`})
        returning endpoint_id, base_url)
      insert into providers (provider_id, name, category, source, source_key, definition, endpoint_id)
      select case when base_url like '%r4' then 300001 else 300002 end, 'Clinic', 'Provider', 'lantern', base_url,
             'smartOnFhir', endpoint_id from stored`);
    const run = (...words: string[]) =>
      runCommand(
        ['providers', 'discover', ...words],
        { TRIBUTARY_DATABASE_URL: urlOf(test.target) },
        { providerFetch },
      );
    const review = async (...words: string[]) => {
      const { code, stdout, stderr } = await run('300001', '--json', ...words);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as unknown;
    };
    try {
      expect(await review()).toMatchObject({
        outcome: 'new',
        accepted: false,
        used: null,
        said,
        foreign: [],
      });
      expect(await review('--accept')).toMatchObject({ accepted: true });
      expect(await review()).toMatchObject({ outcome: 'same', used: said });
      const before = said;
      said = { ...said, token_endpoint: 'https://evil.example.net/t' };
      expect(await review()).toMatchObject({ outcome: 'moved', used: before, foreign: ['token_endpoint'] });
      const printed = await run('300001');
      expect(printed.stdout).toMatch(
        /token_endpoint\s+https:\/\/login\S+\s+https:\/\/evil\.example\.net\/t\s+foreign host/,
      );
      expect(printed.stdout).toContain('Until you --accept them');
      expect((await run('300001', '--accept')).stdout).toContain('Accepted');
      expect(await review()).toMatchObject({ outcome: 'same', used: said });
      const none = await run('300002', '--accept');
      expect([none.code, none.stderr]).toEqual([
        1,
        expect.stringContaining('publishes no configuration') as string,
      ]);
      for (const id of ['6327', '999999999']) {
        const refused = await run(id);
        expect([refused.code, refused.stderr]).toEqual([
          1,
          expect.stringContaining('no provider whose server') as string,
        ]);
      }
      expect((await run('epic')).code).toBe(2);
    } finally {
      await providerFetch.close();
      await server.close();
    }
  });
});
