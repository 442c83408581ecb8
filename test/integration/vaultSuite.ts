import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { createVault } from '../../src/platform/sealing/createVault.ts';
import type { KeyService } from '../../src/platform/sealing/keyService.ts';
import {
  CannotOpen,
  CannotSeal,
  type SealedFields,
  type SealedPlace,
  type Vault,
} from '../../src/platform/sealing/vault.ts';
import { systemRandom } from '../../src/platform/random/random.ts';

/** A key service with two keys, `k-first` and `k-second`, for {@link holdVaultGuarantees}. */
export interface SuiteService {
  readonly service: KeyService;
  close?(): Promise<void>;
}

const place: SealedPlace = {
  project: '5e0c6a10-3f2b-4c55-9a41-0c6a3f2b4c55',
  owner: 'account:1',
  generation: 1,
  version: 1,
};
const tokens = { accessToken: 'canary-access-token', refreshToken: 'canary-refresh-token' };

/** Places that differ from each other in exactly one respect, or look alike when they are written one after the other. */
const places: readonly SealedPlace[] = [
  place,
  { ...place, project: '5e0c6a10-3f2b-4c55-9a41-0c6a3f2b4c56' },
  { ...place, owner: 'account:2' },
  { ...place, owner: 'attempt:1' },
  { ...place, generation: 2 },
  { ...place, version: 2 },
  { ...place, owner: 'account:11', generation: 1 },
  { ...place, owner: 'account:1', generation: 11 },
  { ...place, generation: 1, version: 11 },
];

/** What every vault must hold, whatever keeps its keys (KEYS-IN-PLACE, KEYS-ANY-SERVICE). */
export function holdVaultGuarantees(name: string, open: () => Promise<SuiteService>): void {
  describe(`a vault over ${name}`, () => {
    let used: SuiteService;
    let active = 'k-first';
    let vault: Vault;
    beforeAll(async () => {
      used = await open();
      vault = createVault({
        keyService: used.service,
        activeKeyID: () => Promise.resolve(active),
        countWrap: () => Promise.resolve(),
        random: systemRandom,
      });
    });
    afterAll(() => used.close?.());

    const refuses = (at: SealedPlace, sealed: SealedFields) =>
      expect(vault.open(at, sealed)).rejects.toThrow(CannotOpen);

    it('gives back what was sealed, whatever text it is, and shows nothing of it', async () => {
      const sealed = await vault.seal(place, tokens);
      expect(sealed.keyID).toBe('k-first');
      expect(await vault.open(place, sealed)).toEqual(tokens);
      const stored = Buffer.concat([sealed.wrappedKey, ...Object.values(sealed.fields)]);
      expect(stored.includes('canary')).toBe(false);
      const property = fc.asyncProperty(
        fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })),
        async (fields) => {
          expect(await vault.open(place, await vault.seal(place, fields))).toEqual(fields);
        },
      );
      await fc.assert(property, { numRuns: 50 });
    });

    it('seals alike contents differently each time', async () => {
      const [one, other] = [await vault.seal(place, tokens), await vault.seal(place, tokens)];
      expect(one.wrappedKey.equals(other.wrappedKey)).toBe(false);
      expect(one.fields['accessToken']!.equals(other.fields['accessToken']!)).toBe(false);
    });

    it('refuses text that is not Unicode, which would come back as another text', async () => {
      await expect(vault.seal(place, { accessToken: '\ud800' })).rejects.toThrow(CannotSeal);
    });

    it('does not open when any bit of any byte is flipped, or a byte is missing or added', async () => {
      const sealed = await vault.seal(place, tokens);
      let tried = 0;
      for (const [change, blob] of blobsOf(sealed)) {
        const spoiled = [
          ...Array.from(blob, (_, index) => flip(blob, index)),
          blob.subarray(0, -1),
          blob.subarray(1),
          Buffer.concat([blob, Buffer.of(0)]),
          Buffer.alloc(0),
        ];
        for (const bytes of spoiled) await refuses(place, change(bytes));
        tried += spoiled.length;
      }
      expect(tried).toBeGreaterThan(100);
      expect(await vault.open(place, sealed)).toEqual(tokens);
    });

    it('does not open anywhere but at the place that it was sealed for', async () => {
      const sealed = await Promise.all(places.map((at) => vault.seal(at, tokens)));
      for (const [from, value] of sealed.entries())
        for (const [to, at] of places.entries())
          if (from === to) expect(await vault.open(at, value)).toEqual(tokens);
          else await refuses(at, value);
    });

    it('does not open when a field, a data key or the name of the key comes from another value', async () => {
      const sealed = await Promise.all(places.map((at) => vault.seal(at, tokens)));
      const again = await vault.seal(place, tokens);
      const [own] = sealed;
      for (const other of [...sealed.slice(1), again]) {
        await refuses(place, { ...own!, wrappedKey: other.wrappedKey });
        await refuses(place, { ...own!, fields: other.fields });
        await refuses(place, {
          ...own!,
          fields: { ...own!.fields, accessToken: other.fields['accessToken']! },
        });
      }
      const { accessToken, refreshToken } = own!.fields;
      await refuses(place, { ...own!, fields: { accessToken: refreshToken!, refreshToken: accessToken! } });
      await refuses(place, { ...own!, fields: { accessToken: refreshToken! } });
      await refuses(place, { ...own!, fields: { anything: accessToken! } });
      for (const keyID of ['k-second', 'k-unknown', '']) await refuses(place, { ...own!, keyID });
    });

    it('changes the key without opening a field, and what was wrapped before opens as well', async () => {
      const before = await vault.seal(place, tokens);
      active = 'k-second';
      try {
        const after = await vault.rewrap(place, before);
        expect(after.keyID).toBe('k-second');
        expect(after.fields).toEqual(before.fields);
        expect(await vault.open(place, after)).toEqual(tokens);
        expect(await vault.open(place, before)).toEqual(tokens);
        await refuses(place, { ...after, keyID: 'k-first' });
        for (const at of places.slice(1)) await expect(vault.rewrap(at, before)).rejects.toThrow(CannotOpen);
      } finally {
        active = 'k-first';
      }
    });

    it('seals nothing while the active key is not there', async () => {
      active = 'k-unknown';
      try {
        await expect(vault.seal(place, tokens)).rejects.toThrow(CannotSeal);
      } finally {
        active = 'k-first';
      }
    });

    it('says nothing about why something does not open', async () => {
      const sealed = await vault.seal(place, tokens);
      const reasons = await Promise.all(
        [
          vault.open({ ...place, version: 9 }, sealed),
          vault.open(place, { ...sealed, keyID: 'k-unknown' }),
          vault.open(place, { ...sealed, wrappedKey: Buffer.alloc(60, 1) }),
          vault.open(place, { ...sealed, fields: { accessToken: Buffer.alloc(3) } }),
        ].map((opened) =>
          opened.then(
            () => 'opened',
            (error: unknown) => `${(error as Error).message} ${String((error as Error).cause)}`,
          ),
        ),
      );
      expect(new Set(reasons)).toEqual(new Set(['A sealed value cannot be opened undefined']));
    });
  });
}

/** Each blob of a sealed value, with a way to put another in its place. */
function blobsOf(sealed: SealedFields): [(bytes: Buffer) => SealedFields, Buffer][] {
  return [
    [(wrappedKey) => ({ ...sealed, wrappedKey }), sealed.wrappedKey],
    ...Object.entries(sealed.fields).map(([field, blob]): [(bytes: Buffer) => SealedFields, Buffer] => [
      (bytes) => ({ ...sealed, fields: { ...sealed.fields, [field]: bytes } }),
      blob,
    ]),
  ];
}

function flip(blob: Buffer, index: number): Buffer {
  const flipped = Buffer.from(blob);
  flipped[index] = flipped[index]! ^ (1 << (index % 8));
  return flipped;
}
