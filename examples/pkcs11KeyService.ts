/**
 * A key service for Tributary whose keys are in a hardware security module, or in anything else that speaks PKCS#11.
 * The keys never leave it. Needs the package `pkcs11js` beside this file:
 *
 *     npm install pkcs11js
 *     TRIBUTARY_KEY_SERVICE=/etc/tributary/pkcs11KeyService.ts tributary serve
 *
 * PKCS11_LIBRARY   the module's library: /usr/lib/softhsm/libsofthsm2.so
 * PKCS11_TOKEN     label of the token
 * PKCS11_PIN_FILE  file with the PIN of its user, for the service's user alone
 * PKCS11_PACKAGE   where `pkcs11js` is, when not beside this file
 *
 * A key is an AES key of 256 bits whose label is the key id. To make one:
 *
 *     pkcs11-tool --module $PKCS11_LIBRARY --token-label $PKCS11_TOKEN --login --keygen --key-type aes:32 \
 *       --label k-2026 --sensitive --usage-decrypt
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

type Handle = Buffer;
type Template = readonly { readonly type: number; readonly value?: number | boolean | string | Buffer }[];

/** What is used of `pkcs11js`. Constants of the standard have its names. */
interface Pkcs11 {
  load(path: string): void;
  C_Initialize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, user: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: Template): void;
  C_FindObjects(session: Handle, countMax: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(
    session: Handle,
    object: Handle,
    template: Template,
  ): { readonly type: number; readonly value: Buffer }[];
  C_GenerateRandom(session: Handle, bytes: Buffer): Buffer;
  C_EncryptInit(session: Handle, mechanism: object, key: Handle): void;
  C_EncryptAsync(session: Handle, input: Buffer, output: Buffer): Promise<Buffer>;
  C_DecryptInit(session: Handle, mechanism: object, key: Handle): void;
  C_DecryptAsync(session: Handle, input: Buffer, output: Buffer): Promise<Buffer>;
}
type Constants = Readonly<Record<ConstantName, number>>;
type ConstantName =
  | 'CKA_CLASS'
  | 'CKA_KEY_TYPE'
  | 'CKA_LABEL'
  | 'CKA_VALUE_LEN'
  | 'CKF_SERIAL_SESSION'
  | 'CKK_AES'
  | 'CKM_AES_GCM'
  | 'CKO_SECRET_KEY'
  | 'CKR_USER_ALREADY_LOGGED_IN'
  | 'CKU_USER'
  | 'CK_PARAMS_AES_GCM_v240';

const nonceBytes = 12;
const tagBytes = 16;
const keysMax = 1_000;

export function createKeyService() {
  const module = createRequire(import.meta.url)(process.env['PKCS11_PACKAGE'] ?? 'pkcs11js') as Constants & {
    readonly PKCS11: new () => Pkcs11;
  };
  const pkcs11 = new module.PKCS11();
  pkcs11.load(setting('PKCS11_LIBRARY'));
  pkcs11.C_Initialize();
  const withSession = createSession(pkcs11, module);
  const gcm = (iv: Uint8Array, aad: Uint8Array) => ({
    mechanism: module.CKM_AES_GCM,
    parameter: {
      type: module.CK_PARAMS_AES_GCM_v240,
      iv: Buffer.from(iv),
      ivBits: 8 * nonceBytes,
      aad: Buffer.from(aad),
      tagBits: 8 * tagBytes,
    },
  });
  return Promise.resolve({
    keyIDs: () => withSession((session) => [...findKeys(pkcs11, module, session).keys()]),
    wrap: (keyID: string, plaintext: Uint8Array, aad: Uint8Array) =>
      withSession(async (session) => {
        const key = requireKey(findKeys(pkcs11, module, session, keyID), keyID);
        const nonce = pkcs11.C_GenerateRandom(session, Buffer.alloc(nonceBytes));
        pkcs11.C_EncryptInit(session, gcm(nonce, aad), key);
        const output = Buffer.alloc(plaintext.length + tagBytes);
        return Buffer.concat([nonce, await pkcs11.C_EncryptAsync(session, Buffer.from(plaintext), output)]);
      }),
    unwrap: (keyID: string, wrapped: Uint8Array, aad: Uint8Array) =>
      withSession(async (session) => {
        const key = requireKey(findKeys(pkcs11, module, session, keyID), keyID);
        pkcs11.C_DecryptInit(session, gcm(wrapped.subarray(0, nonceBytes), aad), key);
        const sealed = Buffer.from(wrapped.subarray(nonceBytes));
        return pkcs11.C_DecryptAsync(session, sealed, Buffer.alloc(sealed.length));
      }),
  });
}

/**
 * Gives a function that runs work in a logged-in session, one at a time, as the standard wants it. After a failure,
 * which may have been the module's, the next work gets a new session.
 */
function createSession(pkcs11: Pkcs11, constants: Constants) {
  let session: Handle | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const run = async <Result>(work: (session: Handle) => Result | Promise<Result>): Promise<Result> => {
    session ??= openSession(pkcs11, constants);
    try {
      return await work(session);
    } catch (error) {
      closeQuietly(pkcs11, session);
      session = undefined;
      throw error;
    }
  };
  return <Result>(work: (session: Handle) => Result | Promise<Result>): Promise<Result> => {
    const done = last.then(() => run(work));
    last = done.catch(() => undefined);
    return done;
  };
}

function openSession(pkcs11: Pkcs11, constants: Constants): Handle {
  const label = setting('PKCS11_TOKEN');
  const slot = pkcs11
    .C_GetSlotList(true)
    .find((found) => pkcs11.C_GetTokenInfo(found).label.trim() === label);
  if (slot === undefined) throw new Error('There is no token of this label');
  const session = pkcs11.C_OpenSession(slot, constants.CKF_SERIAL_SESSION);
  try {
    pkcs11.C_Login(session, constants.CKU_USER, readFileSync(setting('PKCS11_PIN_FILE'), 'utf8').trim());
  } catch (error) {
    // All sessions of a process are logged in together.
    if ((error as { code?: unknown }).code !== constants.CKR_USER_ALREADY_LOGGED_IN) throw error;
  }
  return session;
}

function closeQuietly(pkcs11: Pkcs11, session: Handle): void {
  try {
    pkcs11.C_CloseSession(session);
  } catch {
    // It is gone already.
  }
}

/** AES keys of 256 bits by label; only those of one label when it is given. */
function findKeys(
  pkcs11: Pkcs11,
  constants: Constants,
  session: Handle,
  keyID?: string,
): Map<string, Handle> {
  pkcs11.C_FindObjectsInit(session, [
    { type: constants.CKA_CLASS, value: constants.CKO_SECRET_KEY },
    { type: constants.CKA_KEY_TYPE, value: constants.CKK_AES },
    ...(keyID === undefined ? [] : [{ type: constants.CKA_LABEL, value: keyID }]),
  ]);
  const found = pkcs11.C_FindObjects(session, keysMax);
  pkcs11.C_FindObjectsFinal(session);
  const keys = new Map<string, Handle>();
  for (const object of found) {
    const [label, length] = pkcs11.C_GetAttributeValue(session, object, [
      { type: constants.CKA_LABEL },
      { type: constants.CKA_VALUE_LEN },
    ]);
    if (length?.value.readUInt32LE(0) === 32) keys.set(label?.value.toString() ?? '', object);
  }
  return keys;
}

function requireKey(keys: ReadonlyMap<string, Handle>, keyID: string): Handle {
  const key = keys.get(keyID);
  if (key === undefined) throw new Error('The token has no key of this label');
  return key;
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
