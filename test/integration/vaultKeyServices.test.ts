import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKeyService } from '../../src/main/keys/loadKeyService.ts';
import { createLocalKeyService } from '../../src/platform/sealing/localKeyService.ts';
import type { KeyService } from '../../src/platform/sealing/keyService.ts';
import { parseMasterKeys } from '../../src/platform/sealing/masterKeys.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { holdVaultGuarantees } from './vaultSuite.ts';

const line = (keyID: string) => `${keyID} ${randomBytes(32).toString('base64url')}`;

holdVaultGuarantees('keys of our own', () => {
  const read = parseMasterKeys(`${line('k-first')}\n${line('k-second')}`);
  if (read.outcome === 'refused') throw new Error(read.mistakes.join());
  return Promise.resolve({ service: createLocalKeyService(read.keys, systemRandom) });
});

/** As a KMS does it: another layout, and an answer that is no `Buffer`. */
function createOutsideService(): KeyService {
  const keys = new Map(['k-first', 'k-second'].map((keyID) => [keyID, randomBytes(32)]));
  const requireKey = (keyID: string) => {
    const key = keys.get(keyID);
    if (key === undefined) throw new Error(`NotFoundException: ${keyID}`);
    return key;
  };
  return {
    keyIDs: () => Promise.resolve([...keys.keys()]),
    wrap: (keyID, plaintext, aad) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('chacha20-poly1305', requireKey(keyID), nonce, { authTagLength: 16 });
      cipher.setAAD(aad, { plaintextLength: plaintext.length });
      const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return Promise.resolve(new Uint8Array(Buffer.concat([text, cipher.getAuthTag(), nonce])));
    },
    unwrap: (keyID, wrapped, aad) => {
      const text = wrapped.subarray(0, -28);
      const decipher = createDecipheriv('chacha20-poly1305', requireKey(keyID), wrapped.subarray(-12), {
        authTagLength: 16,
      });
      decipher.setAAD(aad, { plaintextLength: text.length });
      decipher.setAuthTag(wrapped.subarray(-28, -12));
      return Promise.resolve(new Uint8Array(Buffer.concat([decipher.update(text), decipher.final()])));
    },
  };
}

describe('a module with a key service', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-key-service-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function load(name: string, text: string) {
    const path = join(folder, `${name}.js`);
    await writeFile(path, text);
    return loadKeyService(path);
  }

  it('is loaded from its path', async () => {
    const service = await load(
      'good',
      'export const createKeyService = async () => ({ keyIDs: async () => ["a"], wrap: async (k, p) => p, unwrap: async (k, w) => w });',
    );
    expect(await service.keyIDs()).toEqual(['a']);
    expect(await service.wrap('a', Buffer.from('x'), Buffer.alloc(0))).toEqual(Buffer.from('x'));
  });

  it.each([
    ['missing', undefined, /does not load \(ERR_MODULE_NOT_FOUND\)/],
    ['broken', 'export {', /the module does not load/],
    ['empty', '', /exports no function createKeyService/],
    [
      'failing',
      'export const createKeyService = async () => { throw new Error("PIN 1234"); };',
      /createKeyService failed \(Error\)/,
    ],
    ['half', 'export const createKeyService = async () => ({ keyIDs() {} });', /no function wrap, unwrap/],
  ])('is refused when it is %s, and quotes nothing of it', async (name, text, reason) => {
    const loaded = text === undefined ? loadKeyService(join(folder, 'none.js')) : load(name, text);
    const refusal: unknown = await loaded.catch((error: unknown) => error);
    expect((refusal as Error).message).toMatch(reason);
    expect((refusal as Error).message).not.toContain('1234');
  });

  it.each(['"a"', '[1]', '[""]', 'null'])('is refused when it calls its keys %s', async (keys) => {
    const made = `({ keyIDs: async () => ${keys}, wrap: async () => "x", unwrap: async () => undefined })`;
    const service = await load(
      `keys-${Buffer.from(keys).toString('hex')}`,
      `export const createKeyService = async () => ${made};`,
    );
    await expect(service.keyIDs()).rejects.toThrow('no list of names');
    await expect(service.wrap('a', Buffer.alloc(1), Buffer.alloc(1))).rejects.toThrow('no bytes');
    await expect(service.unwrap('a', Buffer.alloc(1), Buffer.alloc(1))).rejects.toThrow('no bytes');
  });
});

holdVaultGuarantees('a key service outside', () => Promise.resolve({ service: createOutsideService() }));
