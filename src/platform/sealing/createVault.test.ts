import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemRandom, type Random } from '../random/random.ts';
import { createSeededRandom } from '../random/seededRandom.ts';
import { canaryData, fieldData, wrapData } from './authenticatedData.ts';
import { makeCanary, opensCanary } from './canary.ts';
import { createVault } from './createVault.ts';
import type { KeyService } from './keyService.ts';
import { createLocalKeyService } from './localKeyService.ts';
import { generateMasterKey, parseMasterKeys } from './masterKeys.ts';
import { CannotOpen, CannotSeal, type SealedPlace } from './vault.ts';

const place: SealedPlace = { project: 'P', owner: 'account:1', generation: 1, version: 1 };

function createLocalVault(random: Random) {
  const { keyID, line } = generateMasterKey(systemRandom);
  const read = parseMasterKeys(line);
  if (read.outcome === 'refused') throw new Error(read.mistakes.join());
  return createVaultOver(createLocalKeyService(read.keys, random), { keyID, random });
}

function createVaultOver(keyService: KeyService, { keyID = 'k', random = systemRandom } = {}) {
  return createVault({
    keyService,
    activeKeyID: () => Promise.resolve(keyID),
    countWrap: () => Promise.resolve(),
    random,
  });
}

/** The nonce of a blob: behind the byte of its format. */
const nonceOf = (blob: Buffer) => blob.toString('latin1', 1, 13);

describe('nonces', () => {
  it('differ between the fields of one value, which share a key', async () => {
    const fields = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, 'x']));
    const sealed = await createLocalVault(systemRandom).seal(place, fields);
    expect(new Set(Object.values(sealed.fields).map(nonceOf)).size).toBe(50);
  });
});

describe('what is authenticated', () => {
  it('is another for every place, field, key and purpose, however alike they are when written in a row', () => {
    const alike: SealedPlace[] = [
      place,
      { ...place, project: 'Paccount:1', owner: '' },
      { ...place, project: '', owner: 'Paccount:1' },
      { ...place, owner: 'account:11' },
      { ...place, owner: 'account:', generation: 11 },
      { ...place, generation: 11 },
      { ...place, version: 11 },
      { ...place, generation: 1, version: 111 },
    ];
    const all = alike.flatMap((at) =>
      ['', '1', 'wrap', 'field', 'k'].flatMap((name) => [wrapData(at, name), fieldData(at, name)]),
    );
    expect(new Set(all.map((data) => data.toString('hex'))).size).toBe(alike.length * 5 * 2);
  });

  it('takes a GUID as the same in both letter cases', () => {
    expect(wrapData({ ...place, project: 'AB-cd' }, 'k')).toEqual(
      wrapData({ ...place, project: 'ab-CD' }, 'k'),
    );
  });
});

describe('what a release has sealed', () => {
  // Bytes of the first format. Whoever changes them makes every stored token useless: that takes another format.
  const keyService = createLocalKeyService(
    new Map([['k', createSecretKey(Buffer.from(Array.from({ length: 32 }, (_, index) => index)))]]),
    createSeededRandom('golden'),
  );
  const sealed = {
    keyID: 'k',
    wrappedKey: Buffer.from(
      '016a6adeb3c3736270b1ed365a321af0af3ad4f2059f089768c62d37db0740a53c8c0ed260f3ab9685f009ee5e3696a0a22ccacee52d86a9f7f2935845',
      'hex',
    ),
    fields: {
      accessToken: Buffer.from(
        '01c6b64a3f9a0187c8a808a921a01e77169e11563bb3a38b8f5ec5eeafce8d0526c5ec',
        'hex',
      ),
    },
  };

  it('is opened by every later one, with the project written in either letter case', async () => {
    const vault = createVaultOver(keyService);
    for (const project of ['AB-1', 'ab-1'])
      expect(await vault.open({ ...place, project }, sealed)).toEqual({ accessToken: 'golden' });
  });

  it('tells its format in its first byte, and no other is opened', async () => {
    const vault = createVaultOver(keyService);
    for (const format of [0, 2, 255])
      for (const spoiled of [
        { ...sealed, wrappedKey: Buffer.from([format, ...sealed.wrappedKey.subarray(1)]) },
        {
          ...sealed,
          fields: { accessToken: Buffer.from([format, ...sealed.fields.accessToken.subarray(1)]) },
        },
      ])
        await expect(vault.open({ ...place, project: 'AB-1' }, spoiled)).rejects.toThrow(CannotOpen);
  });

  it('shows whether a key is the one of its name', async () => {
    const canary = Buffer.from(
      '01cda779cc30f02418afe5ad549eaf03af5dbeaae1ca6daf039f0e5e9854889950793fe7fde9be3b8cc57aea720c0abdf3ee7ffe6c1a5e9cc0ee4cf05a',
      'hex',
    );
    expect(await opensCanary(keyService, 'k', canary)).toBe(true);
    expect(await opensCanary(keyService, 'k', await makeCanary(keyService, 'k'))).toBe(true);
    const twin = {
      ...keyService,
      unwrap: (_: string, wrapped: Uint8Array, aad: Uint8Array) => keyService.unwrap('k', wrapped, aad),
    };
    // Under another name, another text under the right one, nothing at all, and from a service that cannot say.
    expect(await opensCanary(twin, 'another name', canary)).toBe(false);
    const another = await keyService.wrap('k', Buffer.from('another text'), canaryData('k'));
    expect(await opensCanary(keyService, 'k', another)).toBe(false);
    expect(await opensCanary(keyService, 'k', Buffer.alloc(0))).toBe(false);
    expect(await opensCanary(keyService, 'unknown', canary)).toBe(false);
  });
});

describe('a tag', () => {
  it('is never shorter than sixteen bytes, where four could be guessed', async () => {
    const vault = createLocalVault(systemRandom);
    const sealed = await vault.seal(place, { token: '' });
    const { token } = sealed.fields;
    expect(token).toHaveLength(1 + 12 + 16);
    expect(await vault.open(place, sealed)).toEqual({ token: '' });
    for (let length = 0; length < token!.length; length++)
      await expect(
        vault.open(place, { ...sealed, fields: { token: token!.subarray(0, length) } }),
      ).rejects.toThrow(new CannotOpen());
    expect(new CannotOpen().message).toBe('A sealed value cannot be opened');
  });
});

describe('keys in this process', () => {
  it('are listed by their names, and one that is not here is refused before anything else is done', async () => {
    const keyOf = (byte: number) => createSecretKey(Buffer.alloc(32, byte));
    const service = createLocalKeyService(
      new Map([
        ['k-b', keyOf(1)],
        ['k-a', keyOf(2)],
      ]),
      systemRandom,
    );
    expect(await service.keyIDs()).toEqual(['k-b', 'k-a']);
    const nothing = Buffer.alloc(0);
    for (const asked of [service.wrap('k-c', nothing, nothing), service.unwrap('k-c', nothing, nothing)])
      await expect(asked).rejects.toThrow('This process does not have the key');
  });
});

describe('a key service', () => {
  it('that fails makes sealing fail, without a word of what it said', async () => {
    const failing: KeyService = {
      keyIDs: () => Promise.resolve([]),
      wrap: (_keyID, dataKey) =>
        Promise.reject(new Error(`no quota for ${Buffer.from(dataKey).toString('hex')}`)),
      unwrap: () => Promise.reject(new Error('no quota')),
    };
    const failure: unknown = await createVaultOver(failing)
      .seal(place, { token: 'x' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CannotSeal);
    expect(failure).toMatchObject({ message: 'Nothing can be sealed' });
    expect((failure as Error).cause).toBeUndefined();
  });

  it.each([0, 16, 31, 33])('that gives a data key of %i bytes opens nothing', async (length) => {
    const odd: KeyService = {
      keyIDs: () => Promise.resolve(['k']),
      wrap: () => Promise.resolve(Buffer.from('wrapped')),
      unwrap: () => Promise.resolve(Buffer.alloc(length, 7)),
    };
    const vault = createVaultOver(odd);
    const sealed = await vault.seal(place, {});
    await expect(vault.open(place, sealed)).rejects.toThrow(CannotOpen);
    await expect(vault.rewrap(place, sealed)).rejects.toThrow(CannotOpen);
  });
});

describe('data keys', () => {
  it('are wiped after use when they were unwrapped, whether or not anything opens or can be wrapped anew', async () => {
    const unwrapped: Uint8Array[] = [];
    const read = parseMasterKeys(generateMasterKey(systemRandom).line);
    if (read.outcome === 'refused') throw new Error(read.mistakes.join());
    const local = createLocalKeyService(read.keys, systemRandom);
    const [keyID = ''] = read.keys.keys();
    let isFull = false;
    const watched: KeyService = {
      ...local,
      wrap: (...asked) => (isFull ? Promise.reject(new Error('full')) : local.wrap(...asked)),
      unwrap: async (...asked) => {
        const dataKey = await local.unwrap(...asked);
        expect(dataKey.some((byte) => byte !== 0)).toBe(true);
        unwrapped.push(dataKey);
        return dataKey;
      },
    };
    const vault = createVaultOver(watched, { keyID });
    const sealed = await vault.seal(place, { token: 'x' });
    await vault.open(place, sealed);
    await expect(vault.open(place, { ...sealed, fields: { token: Buffer.alloc(40) } })).rejects.toThrow(
      CannotOpen,
    );
    await vault.rewrap(place, sealed);
    isFull = true;
    await expect(vault.rewrap(place, sealed)).rejects.toThrow(CannotSeal);
    expect(unwrapped).toHaveLength(4);
    for (const dataKey of unwrapped) expect(dataKey).toEqual(Buffer.alloc(32));
  });

  it('are wiped after use when they were drawn, when nothing can be sealed too', async () => {
    const handedOut: Buffer[] = [];
    const vault = createLocalVault({
      ...systemRandom,
      bytes: (count) => {
        const bytes = systemRandom.bytes(count);
        if (count === 32) handedOut.push(bytes);
        return bytes;
      },
    });
    await vault.seal(place, { token: 'x' });
    await expect(vault.seal(place, { token: '\ud800' })).rejects.toThrow();
    expect(handedOut).toHaveLength(2);
    for (const dataKey of handedOut) expect(dataKey.equals(Buffer.alloc(32))).toBe(true);
  });
});

describe('a place', () => {
  it.each([{ generation: 1.5 }, { version: Number.NaN }, { version: 2 ** 60 }])(
    'is refused when its numbers are none: %o',
    async (numbers) => {
      const vault = createLocalVault(systemRandom);
      const sealed = await vault.seal(place, { token: 'x' });
      await expect(vault.seal({ ...place, ...numbers }, { token: 'x' })).rejects.toThrow(/whole numbers/);
      await expect(vault.open({ ...place, ...numbers }, sealed)).rejects.toThrow(CannotOpen);
    },
  );
});
