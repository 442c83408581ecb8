import type { Secret } from '../platform/config/secret.ts';
import type { Random } from '../platform/random/random.ts';
import type { KeyService } from '../platform/sealing/keyService.ts';
import { createLocalKeyService } from '../platform/sealing/localKeyService.ts';
import { fingerprintFile, readMasterKeyFile } from '../platform/sealing/masterKeyFile.ts';
import { parseMasterKeys } from '../platform/sealing/masterKeys.ts';
import { KeyTrouble } from './keyTrouble.ts';
import { loadKeyService } from './source/loadKeyService.ts';

/** Where the operator says that the keys are. The first of these that is there counts. */
export interface KeySettings {
  /** A module that makes a key service. */
  readonly keyService: string | undefined;
  /** Path of a file that the operator keeps. */
  readonly keyFile: string | undefined;
  /** The keys themselves, as a key file holds them. */
  readonly keys: Secret | undefined;
  /** A file that the service makes by itself. Not with a database server: its operator chooses where keys are. */
  readonly ownFile: string | undefined;
}

/** What a look at the source of the keys finds; `unchanged` since the look before. */
export type FoundKeys =
  | { readonly outcome: 'found'; readonly service: KeyService }
  | { readonly outcome: 'refused'; readonly mistakes: readonly string[] }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unchanged' };

/** Where this process has its keys from. */
export interface KeySource {
  /** As it is called in sentences: `The key file …`. */
  readonly name: string;
  /** The file that new keys can be added to, where there is one. */
  readonly file?: string;
  /** Whether the service makes the file by itself. */
  readonly ours?: true;
  /** The keys as they were taken over last; without any it can do nothing. */
  readonly service: KeyService;
  find(): Promise<FoundKeys>;
  takeOver(found: KeyService): void;
}

type SourceKind = Pick<KeySource, 'name' | 'file' | 'ours' | 'find'>;

/**
 * The source of keys that the settings name, with what is in it now taken over. Whether they are the right ones
 * only the database can say: see {@link refuseWrongKeys}.
 *
 * @throws {KeyTrouble} when there is none, or anything is wrong with it
 */
export async function openKeySource(settings: KeySettings, random: Random): Promise<KeySource> {
  const kind = await chooseKind(settings, random);
  const source: KeySource = { ...kind, ...createExchangeable() };
  const { name } = source;
  const found = await source.find();
  if (found.outcome === 'refused')
    throw new KeyTrouble(`${name} cannot be used: ${found.mistakes.join('; ')}. Nothing was changed.`);
  if (found.outcome === 'absent' && kind.ours !== true)
    throw new KeyTrouble(`${name} is not there. Nothing was changed.`);
  if (found.outcome === 'found') source.takeOver(found.service);
  return source;
}

async function chooseKind(settings: KeySettings, random: Random): Promise<SourceKind> {
  const { keyService, keyFile, keys, ownFile } = settings;
  if (keyService !== undefined) return outsideService(keyService);
  if (keyFile !== undefined) return inFile(keyFile, random);
  if (keys !== undefined) return inSetting(keys, random);
  if (ownFile !== undefined) return { ...inFile(ownFile, random), ours: true };
  throw new KeyTrouble(
    'With a database server the service needs keys of its own, so that a copy of the database opens nothing: write what "tributary keys generate" prints into a file of mode 0600, name it in TRIBUTARY_MASTER_KEYS_FILE, and keep a copy elsewhere.',
  );
}

function inFile(file: string, random: Random): SourceKind {
  let seen: string | undefined;
  return {
    name: `The key file ${file}`,
    file,
    find: async () => {
      const fingerprint = await fingerprintFile(file);
      if (fingerprint === seen) return { outcome: 'unchanged' };
      const read = await readMasterKeyFile(file);
      seen = fingerprint;
      return read.outcome === 'read'
        ? { outcome: 'found', service: createLocalKeyService(read.keys, random) }
        : read;
    },
  };
}

function inSetting(keys: Secret, random: Random): SourceKind {
  const read = parseMasterKeys(keys.reveal());
  const found: FoundKeys =
    read.outcome === 'read' ? { outcome: 'found', service: createLocalKeyService(read.keys, random) } : read;
  let looked = false;
  return {
    name: 'The setting TRIBUTARY_MASTER_KEYS',
    find: () => {
      const answer = looked ? ({ outcome: 'unchanged' } as const) : found;
      looked = true;
      return Promise.resolve(answer);
    },
  };
}

async function outsideService(path: string): Promise<SourceKind> {
  const service = await loadKeyService(path);
  let seen: string | undefined;
  return {
    name: `The key service ${path}`,
    find: async () => {
      const keyIDs = await service.keyIDs().catch(() => undefined);
      if (keyIDs === undefined) return { outcome: 'refused', mistakes: ['it does not tell its keys'] };
      const names = [...keyIDs].sort().join('\n');
      if (names === seen) return { outcome: 'unchanged' };
      seen = names;
      if (names === '') return { outcome: 'refused', mistakes: ['it has no key'] };
      return { outcome: 'found', service };
    },
  };
}

/** A key service that uses whatever was taken over last. */
function createExchangeable(): Pick<KeySource, 'service' | 'takeOver'> {
  let current: KeyService | undefined;
  const require = () => current ?? Promise.reject(new Error('There are no keys yet'));
  return {
    service: {
      keyIDs: async () => (await current?.keyIDs()) ?? [],
      wrap: async (...parameters) => (await require()).wrap(...parameters),
      unwrap: async (...parameters) => (await require()).unwrap(...parameters),
    },
    takeOver: (found) => {
      current = found;
    },
  };
}
