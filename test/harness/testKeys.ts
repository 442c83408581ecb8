import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/main/config.ts';
import { readKeySettings } from '../../src/main/keys/readKeySettings.ts';
import { openKeySource, type KeySource } from '../../src/keys/keySource.ts';
import { createVaultOf, openVault, type OpenVault } from '../../src/keys/openVault.ts';
import { rotateKeys, type RotationParts } from '../../src/keys/rotateKeys.ts';
import { createWatchedLog } from './canaryWatch.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { generateMasterKey } from '../../src/platform/sealing/masterKeys.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock, type Clock } from '../../src/platform/time/clock.ts';
import { createTestDatabase, urlOf } from './testDatabase.ts';

/** A database with a key file beside it, and processes that work on both. */
export interface KeyedInstallation {
  readonly database: Database;
  readonly url: string;
  readonly folder: string;
  readonly file: string;
  /** Ids of the keys in the file, in their order. */
  keysInFile(): Promise<string[]>;
  writeKeys(...lines: readonly string[]): Promise<void>;
  openSource(environment?: Record<string, string>): Promise<KeySource>;
  /** As a process that serves; with a key file of its own if it is on another machine. */
  serve(options?: ServeOptions): Promise<OpenVault & { readonly log: string[]; readonly source: KeySource }>;
  rotate(options?: RotateOptions): ReturnType<typeof rotateKeys>;
  remove(): Promise<void>;
}

interface ServeOptions {
  readonly clock?: Clock;
  readonly environment?: Record<string, string>;
}

export interface RotateOptions extends Partial<
  Pick<RotationParts, 'database' | 'clock' | 'onProgress' | 'patienceMs' | 'wanted' | 'again'>
> {
  readonly environment?: Record<string, string>;
}

/** A clock that never makes anybody wait, for what has nobody to wait for. */
export const hurriedClock: Clock = { ...systemClock, sleep: () => Promise.resolve() };
/** Of a process that serves: it looks at its keys ten times as often, for tests that are not about how long that takes. */
export const attentiveClock: Clock = {
  ...systemClock,
  every: (intervalMs, task) => systemClock.every(intervalMs / 10, task),
};

export async function createKeyedInstallation(): Promise<KeyedInstallation> {
  const { database, target } = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'tributary-keys-'));
  const file = join(folder, 'master-keys');
  const url = urlOf(target);
  const log = (lines: string[]) => createWatchedLog(lines).log;
  const openSource = (environment?: Record<string, string>) =>
    openKeySource(
      readKeySettings(
        readConfig({ TRIBUTARY_DATABASE_URL: url, ...(environment ?? { TRIBUTARY_MASTER_KEYS_FILE: file }) }),
      ),
      systemRandom,
    );
  await writeFile(file, `${generateMasterKey(systemRandom).line}\n`, { mode: 0o600 });
  return {
    database,
    url,
    folder,
    file,
    openSource,
    keysInFile: async () =>
      (await readFile(file, 'utf8')).split('\n').flatMap((line) => /^k-\S+/.exec(line)?.[0] ?? []),
    writeKeys: (...lines) => writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 }),
    serve: async ({ clock = systemClock, environment } = {}) => {
      const source = await openSource(environment);
      const lines: string[] = [];
      const opened = await openVault({ database, source, clock, random: systemRandom, log: log(lines) });
      return { ...opened, source, log: lines };
    },
    rotate: async ({ environment, ...options } = {}) => {
      const source = await openSource(environment);
      const parts = { database, source, clock: systemClock, random: systemRandom, ...options };
      return rotateKeys({
        actor: 'command-line:test',
        again: true,
        patienceMs: 20_000,
        onProgress: () => undefined,
        vault: createVaultOf({ ...parts, log: log([]) }),
        ...parts,
      });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What the database knows of its keys, oldest first. */
export function readKeyStates(database: Database) {
  return database.query<{ keyID: string; active: boolean; retired: boolean; activated: boolean }>(sql`
    select key_id as "keyID", active, activated_at is not null as activated, retired_at is not null as retired
      from sealing_keys order by created_at, key_id`);
}
