import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealGrant, storeGrant } from '../../src/accounts/grant.ts';
import { sealSecrets } from '../../src/connect/secrets/attemptSecrets.ts';
import { readConfig } from '../../src/main/config.ts';
import { openKeySource } from '../../src/keys/keySource.ts';
import { createVaultOf, openVault } from '../../src/keys/openVault.ts';
import { rotateKeys } from '../../src/keys/rotateKeys.ts';
import { readKeySettings } from '../../src/main/keys/readKeySettings.ts';
import { prepareDatabase } from '../../src/main/prepareDatabase.ts';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { openDatabase, sql, type Database } from '../../src/platform/storage/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/storage/embeddedPostgres.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createStudy } from '../builders/study.ts';

/** A secret that nothing else in the world looks like. */
const canary = (name: string) => `canary-${name}-${systemRandom.bytes(24).toString('base64url')}`;

/** A secret in every form in which somebody could find it. */
function formsOf(secret: string): [string, Buffer][] {
  const bytes = Buffer.from(secret);
  const forms: [string, Buffer][] = [
    ['as it is', bytes],
    ['hexadecimal', Buffer.from(bytes.toString('hex'))],
    ['hexadecimal in capitals', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['UTF-16, little-endian', Buffer.from(secret, 'utf16le')],
    ['UTF-16, big-endian', Buffer.from(secret, 'utf16le').swap16()],
    ['reversed', Buffer.from(bytes).reverse()],
  ];
  for (const encoding of ['base64', 'base64url'] as const)
    for (const shift of [0, 1, 2]) {
      // Behind other bytes: the characters that depend on the secret alone.
      const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
      const text = whole.subarray(0, whole.length - (whole.length % 3)).toString(encoding);
      forms.push([`${encoding}, shifted by ${shift}`, Buffer.from(text.slice([0, 2, 3][shift]))]);
    }
  return forms;
}

function findIn(places: ReadonlyMap<string, Buffer>, secret: string): string[] {
  return [...places].flatMap(([place, bytes]) =>
    formsOf(secret).flatMap(([form, looked]) => (bytes.includes(looked) ? [`${form} in ${place}`] : [])),
  );
}

describe('a stolen copy of the database', () => {
  let folder: string;
  let dump: Map<string, Buffer>;
  let files: Map<string, Buffer>;
  const secrets: Record<string, string> = {};
  const [planted, plantedInHex] = [canary('planted'), canary('planted-too')];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-stolen-'));
    const owned = await startEmbeddedPostgres({
      dataDirectory: folder,
      purpose: 'a test',
      clock: systemClock,
    });
    const database = openDatabase({ target: owned.connection, poolSizeMax: 4, applicationName: 'tests' });
    try {
      await prepareDatabase(database, await openCatalogue({}), systemClock);
      await fill(database, folder, secrets);
      // What the search has to find, or it proves nothing. Several times: a page of the log may end within one.
      const details = { planted, hex: Buffer.from(plantedInHex).toString('hex') };
      await database.query(sql`
        insert into audit_entries (occurred_at, actor, action, details)
        select now(), 'test', 'planted', ${JSON.stringify(details)}::jsonb from generate_series(1, 4)`);
      dump = await dumpTables(database);
    } finally {
      await database.close();
      // Brings everything to its files.
      await owned.stop();
    }
    files = await readFiles(join(folder, 'postgres'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has no token, verifier or key in it, in no form: not in its tables, its files, its write-ahead log', async () => {
    expect([...files.keys()].some((name) => name.includes('pg_wal'))).toBe(true);
    const keys = (await readFile(join(folder, 'keys', 'master-keys'), 'utf8'))
      .split('\n')
      .flatMap((line) => /^k-\S+ (\S+)$/.exec(line)?.[1] ?? []);
    expect(keys).toHaveLength(2);
    for (const [place, copy] of Object.entries({ dump, files })) {
      for (const [name, secret] of Object.entries(secrets))
        expect(findIn(copy, secret), `${name} in the ${place}`).toEqual([]);
      for (const key of keys) {
        const bytes = Buffer.from(key, 'base64url');
        for (const form of [bytes, Buffer.from(key), Buffer.from(bytes.toString('hex'))])
          for (const [name, contents] of copy) expect(contents.includes(form), name).toBe(false);
      }
    }
    expect(Object.keys(secrets)).toHaveLength(8);
  }, 120_000);

  it('would show them if they were there: planted ones are found in tables, files and write-ahead log', () => {
    for (const [secret, form] of [
      [planted, 'as it is'],
      [plantedInHex, 'hexadecimal'],
    ] as const) {
      expect(findIn(dump, secret)).toEqual([`${form} in audit_entries`]);
      const places = findIn(files, secret);
      for (const part of ['base/', 'pg_wal/'])
        expect(places.some((place) => place.startsWith(`${form} in ${part}`))).toBe(true);
    }
  });

  it('is searched for every form of a secret', () => {
    const encoded: Record<string, Buffer> = {
      'as it is': Buffer.from(planted),
      hexadecimal: Buffer.from(Buffer.from(planted).toString('hex')),
      'UTF-16, little-endian': Buffer.from(planted, 'utf16le'),
      'base64, shifted by 0': Buffer.from(Buffer.from(planted).toString('base64')),
      'base64url, shifted by 1': Buffer.from(Buffer.from(`x${planted}`).toString('base64url')),
      'base64, shifted by 2': Buffer.from(Buffer.from(`xy${planted}`).toString('base64')),
    };
    for (const [form, bytes] of Object.entries(encoded))
      expect(findIn(new Map([['it', Buffer.concat([Buffer.from('…'), bytes])]]), planted)).toContain(
        `${form} in it`,
      );
  });
});

/** Grants (also replaced and deleted ones), secrets of a journey and grants to give back, and a rotation after that. */
async function fill(database: Database, folder: string, secrets: Record<string, string>): Promise<void> {
  const make = (name: string) => (secrets[name] = canary(name));
  const source = await openKeySource(
    readKeySettings(readConfig({ TRIBUTARY_DATA_DIR: folder })),
    systemRandom,
  );
  const log = createWatchedLog().log;
  const parts = { database, source, clock: systemClock, random: systemRandom, log };
  const { vault, close } = await openVault(parts);
  const study = await createStudy(database);
  const { projectID } = study;
  const put = async (accountID: number, version: number, name: string) => {
    const place = { projectID, accountID, generation: 1, version };
    const grant = {
      accessToken: new Secret(make(`${name}-access`)),
      refreshToken: new Secret(make(`${name}-refresh`)),
    };
    const sealed = await sealGrant(vault, place, grant);
    await database.transaction((transaction) => storeGrant(transaction, place, sealed));
  };
  const [kept, given] = [await study.addAccount(), await study.addAccount()];
  await put(kept, 1, 'replaced');
  await put(kept, 2, 'kept');
  await put(given, 1, 'given-back');
  await database.query(sql`
    insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                             key_id, wrapped_key, access_token, refresh_token, created_at, due_at, expires_at)
    select gen_random_uuid(), project_id, account_id, grants.generation, version, participant_id, provider_id,
           key_id, wrapped_key, access_token, refresh_token, now(), now(), now()
      from grants join external_accounts using (account_id) where account_id = ${given}`);
  await database.query(sql`delete from external_accounts where account_id = ${given}`);
  const attempt = { projectID, attemptID: systemRandom.uuid() };
  const sealed = await sealSecrets(vault, attempt, { codeVerifier: make('verifier'), nonce: make('nonce') });
  await database.query(sql`
    insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, link_digest, created_at, expires_at,
                                  key_id, wrapped_key, secrets)
    select ${attempt.attemptID}, project_id, participant_id, provider_id, ${systemRandom.bytes(32)}, now(), now(),
           ${sealed.keyID}, ${sealed.wrappedKey}, ${sealed.fields['secrets']}
      from external_accounts where account_id = ${kept}`);
  await close();
  await rotateKeys({
    database,
    source,
    random: systemRandom,
    vault: createVaultOf(parts),
    actor: 'test',
    again: true,
    clock: { ...systemClock, sleep: () => Promise.resolve() },
    patienceMs: 0,
    onProgress: () => undefined,
  });
}

/** Every table as `COPY … TO STDOUT` gives it. */
async function dumpTables(database: Database): Promise<Map<string, Buffer>> {
  const tables = await database.query<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const dump = new Map<string, Buffer>();
  for (const { name } of tables) {
    const { stream, release } = await database.copyOut(`copy ${name} to stdout`);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    release(false);
    dump.set(name, Buffer.concat(chunks));
  }
  return dump;
}

async function readFiles(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path));
  }
  return files;
}
