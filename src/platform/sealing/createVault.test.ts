import { describe, expect, it } from 'vitest';
import { systemRandom, type Random } from '../random/random.ts';
import { fieldData, wrapData } from './authenticatedData.ts';
import { createVault } from './createVault.ts';
import { createLocalKeyService } from './localKeyService.ts';
import { generateMasterKey, parseMasterKeys } from './masterKeys.ts';
import { CannotOpen, type SealedPlace } from './vault.ts';

const place: SealedPlace = { project: 'P', owner: 'account:1', generation: 1, version: 1 };

function createLocalVault(random: Random) {
  const { keyID, line } = generateMasterKey(systemRandom);
  const read = parseMasterKeys(line);
  if (read.outcome === 'refused') throw new Error(read.mistakes.join());
  return createVault({
    keyService: createLocalKeyService(read.keys, random),
    activeKeyID: () => Promise.resolve(keyID),
    countWrap: () => Promise.resolve(),
    random,
  });
}

/** The nonce of a blob: behind the byte of its format. */
const nonceOf = (blob: Buffer) => blob.toString('latin1', 1, 13);

describe('nonces', () => {
  it('never repeat with one key, over fifty thousand seals and as many rewraps', async () => {
    const dataKeys = new Set<string>();
    const drawn: string[] = [];
    const vault = createLocalVault({
      ...systemRandom,
      bytes: (count) => {
        const bytes = systemRandom.bytes(count);
        // The vault wipes data keys after use, so that a copy is kept here.
        if (count === 32) dataKeys.add(bytes.toString('latin1'));
        else drawn.push(bytes.toString('latin1'));
        return bytes;
      },
    });
    const seals = 50_000;
    const wrapping: string[] = [];
    const field: string[] = [];
    for (let done = 0; done < seals; done++) {
      const sealed = await vault.seal(place, { token: 'x' });
      const again = await vault.rewrap(place, sealed);
      wrapping.push(nonceOf(sealed.wrappedKey), nonceOf(again.wrappedKey));
      field.push(nonceOf(sealed.fields['token']!));
    }
    // One key wraps them all, so all of its nonces differ. Fields have a key of their own each.
    expect(new Set(wrapping).size).toBe(2 * seals);
    expect(dataKeys.size).toBe(seals);
    expect(new Set([...wrapping, ...field])).toEqual(new Set(drawn));
  }, 60_000);

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

describe('data keys', () => {
  it('are wiped after use, when nothing opens too', async () => {
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
