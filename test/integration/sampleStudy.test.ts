import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureSampleStudy } from '../../src/main/sampleStudy.ts';
import { createProject } from '../../src/projects/projects.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

let database: Database;
let dataDirectory: string;
beforeEach(async () => {
  ({ database } = await createTestDatabase());
  dataDirectory = await mkdtemp(join(tmpdir(), 'tributary-sample-'));
});
afterEach(() => rm(dataDirectory, { recursive: true }));

const ensure = () => ensureSampleStudy({ database, dataDirectory, clock: systemClock, random: systemRandom });

describe('the sample study', () => {
  it('has 500 participants and a key that is live, and is found again as it is', async () => {
    const made = await ensure();
    expect(await ensure()).toEqual(made);
    const [counts] = await database.query(sql`
      select (select count(*)::integer from participants) as participants,
             (select count(*)::integer from service_account_keys where revoked_at is null) as keys`);
    expect(counts).toEqual({ participants: 500, keys: 1 });
  });

  it('is finished when an earlier start was interrupted', async () => {
    const first = (await ensure())!;
    await database.query(sql`delete from service_account_keys`);
    await database.query(sql`delete from service_accounts`);
    const again = (await ensure())!;
    // The old file is somebody's key: it is left alone, and the new one is named.
    expect(again.keyFile).not.toBe(first.keyFile);
    expect(await readFile(again.keyFile, 'utf8')).toMatch(/BEGIN RSA PRIVATE KEY/);
  });

  it('leaves the key file of another installation alone', async () => {
    const foreign = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    await mkdir(join(dataDirectory, 'keys'));
    await writeFile(join(dataDirectory, 'keys/Tributary.sample.pem'), foreign);
    const made = (await ensure())!;
    expect(made.keyFile).toMatch(/Tributary\.sample-.+\.pem$/);
    expect(await readFile(join(dataDirectory, 'keys/Tributary.sample.pem'), 'utf8')).toBe(foreign);
  });

  it('is not made beside a real project', async () => {
    await database.transaction((transaction) =>
      createProject(transaction, { projectID: systemRandom.uuid(), name: 'Real', actor: 'test', now: 0 }),
    );
    expect(await ensure()).toBeUndefined();
  });
});
