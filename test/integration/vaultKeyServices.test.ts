import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKeyService } from '../../src/keys/source/loadKeyService.ts';
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
    ['broken', 'throw new Error("PIN 1234");', /the module does not load/],
    ['empty', '', /exports no function createKeyService/],
    [
      'throwing',
      'export const createKeyService = () => { throw new Error("PIN 1234"); };',
      /createKeyService failed \(Error\)/,
    ],
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

/** What is missing for a real PKCS#11 token, if anything. */
function whyNoToken(): string | undefined {
  const library = softHsmLibraries.find((path) => existsSync(path));
  if (library === undefined) return 'SoftHSM2 (Debian: softhsm2)';
  if (process.env['TRIBUTARY_TEST_PKCS11_PACKAGE'] === undefined)
    return 'the package pkcs11js, installed anywhere and named by TRIBUTARY_TEST_PKCS11_PACKAGE=…/node_modules/pkcs11js';
  return undefined;
}

const softHsmLibraries = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'];
const missing = whyNoToken();
if (missing !== undefined)
  console.log(`The vault is not tried over PKCS#11, because this is missing: ${missing}`);

describe.skipIf(missing !== undefined)('a PKCS#11 token', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-pkcs11-'));
    await mkdir(join(folder, 'tokens'));
    await writeFile(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\n`);
    await writeFile(join(folder, 'pin'), '1234\n', { mode: 0o600 });
    Object.assign(process.env, {
      SOFTHSM2_CONF: join(folder, 'softhsm2.conf'),
      PKCS11_LIBRARY: softHsmLibraries.find((path) => existsSync(path)),
      PKCS11_TOKEN: 'tributary',
      PKCS11_PIN_FILE: join(folder, 'pin'),
      PKCS11_PACKAGE: process.env['TRIBUTARY_TEST_PKCS11_PACKAGE'],
    });
    const words = ['--init-token', '--free', '--label', 'tributary', '--pin', '1234', '--so-pin', '5678'];
    expect(spawnSync('softhsm2-util', words).status).toBe(0);
    for (const keyID of ['k-first', 'k-second']) makeTokenKey(keyID);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const example = join(import.meta.dirname, '../../examples/pkcs11KeyService.ts');
  // The library can be initialised once in a process.
  let opened: Promise<KeyService> | undefined;
  const open = () => (opened ??= loadKeyService(example));
  holdVaultGuarantees('PKCS#11', async () => ({ service: await open() }));

  it('tells its keys, and takes up one that is made while it is used', async () => {
    const service = await open();
    expect([...(await service.keyIDs())].sort()).toEqual(['k-first', 'k-second']);
    makeTokenKey('k-third');
    expect([...(await service.keyIDs())].sort()).toEqual(['k-first', 'k-second', 'k-third']);
  });
});

/** As an operator makes it: in a process of its own, sensitive and not to be taken out. */
function makeTokenKey(keyID: string): void {
  const script = `
    const p = require(process.env.PKCS11_PACKAGE);
    const pkcs11 = new p.PKCS11();
    pkcs11.load(process.env.PKCS11_LIBRARY);
    pkcs11.C_Initialize();
    const slot = pkcs11.C_GetSlotList(true).find((s) => pkcs11.C_GetTokenInfo(s).label.trim() === 'tributary');
    const session = pkcs11.C_OpenSession(slot, p.CKF_SERIAL_SESSION | p.CKF_RW_SESSION);
    pkcs11.C_Login(session, p.CKU_USER, '1234');
    pkcs11.C_GenerateKey(session, { mechanism: p.CKM_AES_KEY_GEN }, [
      { type: p.CKA_LABEL, value: ${JSON.stringify(keyID)} },
      { type: p.CKA_TOKEN, value: true },
      { type: p.CKA_SENSITIVE, value: true },
      { type: p.CKA_EXTRACTABLE, value: false },
      { type: p.CKA_ENCRYPT, value: true },
      { type: p.CKA_DECRYPT, value: true },
      { type: p.CKA_VALUE_LEN, value: 32 },
    ]);
    pkcs11.C_CloseSession(session);
    pkcs11.C_Finalize();`;
  const made = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', env: process.env });
  expect(made.status, made.stderr).toBe(0);
}
