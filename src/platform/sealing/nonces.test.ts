import { describe, expect, it } from 'vitest';
import { systemRandom } from '../random/random.ts';
import { createVault } from './createVault.ts';
import { createLocalKeyService } from './localKeyService.ts';
import { generateMasterKey, parseMasterKeys } from './masterKeys.ts';

/** The nonce of a blob: behind the byte of its format. */
const nonceOf = (blob: Buffer) => blob.toString('latin1', 1, 13);

describe('nonces', () => {
  it('never repeat with one key, over fifty thousand seals and as many rewraps', async () => {
    const dataKeys = new Set<string>();
    const drawn: string[] = [];
    const random = {
      ...systemRandom,
      bytes: (count: number) => {
        const bytes = systemRandom.bytes(count);
        // The vault wipes data keys after use, so that a copy is kept here.
        if (count === 32) dataKeys.add(bytes.toString('latin1'));
        else drawn.push(bytes.toString('latin1'));
        return bytes;
      },
    };
    const { keyID, line } = generateMasterKey(systemRandom);
    const read = parseMasterKeys(line);
    if (read.outcome === 'refused') throw new Error(read.mistakes.join());
    const vault = createVault({
      keyService: createLocalKeyService(read.keys, random),
      activeKeyID: () => Promise.resolve(keyID),
      countWrap: () => Promise.resolve(),
      random,
    });
    const place = { project: 'P', owner: 'account:1', generation: 1, version: 1 };
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
});
