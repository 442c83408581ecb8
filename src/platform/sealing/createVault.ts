import { createSecretKey } from 'node:crypto';
import type { Random } from '../random/random.ts';
import { fieldData, wrapData } from './authenticatedData.ts';
import type { KeyService } from './keyService.ts';
import { nonceBytes, openBlob, sealBlob } from './sealedBlob.ts';
import { CannotOpen, CannotSeal, type SealedFields, type SealedPlace, type Vault } from './vault.ts';

const dataKeyBytes = 32;

interface VaultParts {
  readonly keyService: KeyService;
  /** The key to wrap with now. */
  readonly activeKeyID: () => Promise<string>;
  /** Called before each wrap; see {@link createWrapCounter}. */
  readonly countWrap: (keyID: string) => Promise<void>;
  readonly random: Random;
}

/** A vault over whatever holds the keys. Data keys live for the length of one call. */
export function createVault(parts: VaultParts): Vault {
  return {
    seal: async (place, fields) => {
      const dataKey = parts.random.bytes(dataKeyBytes);
      try {
        const key = createSecretKey(dataKey);
        const sealed = Object.entries(fields).map(([field, value]) => {
          // Text that is not Unicode would come back as other text.
          if (!value.isWellFormed()) throw new CannotSeal();
          const terms = { aad: fieldData(place, field), nonce: parts.random.bytes(nonceBytes) };
          return [field, sealBlob(key, Buffer.from(value), terms)];
        });
        return { ...(await wrap(parts, place, dataKey)), fields: Object.fromEntries(sealed) as Fields };
      } finally {
        dataKey.fill(0);
      }
    },
    open: async (place, sealed) => {
      const dataKey = await unwrap(parts, place, sealed);
      try {
        const key = createSecretKey(dataKey);
        const opened = Object.entries(sealed.fields).map(([field, blob]) => [
          field,
          openBlob(key, blob, fieldData(place, field)).toString(),
        ]);
        return Object.fromEntries(opened) as Record<string, string>;
      } catch {
        throw new CannotOpen();
      } finally {
        dataKey.fill(0);
      }
    },
    rewrap: async (place, sealed) => {
      const dataKey = await unwrap(parts, place, sealed);
      try {
        return { ...(await wrap(parts, place, dataKey)), fields: sealed.fields };
      } finally {
        dataKey.fill(0);
      }
    },
  };
}

type Fields = Record<string, Buffer>;

async function wrap(
  { keyService, activeKeyID, countWrap }: VaultParts,
  place: SealedPlace,
  dataKey: Uint8Array,
): Promise<Omit<SealedFields, 'fields'>> {
  const keyID = await activeKeyID();
  await countWrap(keyID);
  try {
    const wrapped = await keyService.wrap(keyID, dataKey, wrapData(place, keyID));
    return { keyID, wrappedKey: Buffer.from(wrapped) };
  } catch {
    // What a service says about its failure may quote what it was given.
    throw new CannotSeal();
  }
}

async function unwrap(
  { keyService }: VaultParts,
  place: SealedPlace,
  { keyID, wrappedKey }: SealedFields,
): Promise<Uint8Array> {
  try {
    const dataKey = await keyService.unwrap(keyID, wrappedKey, wrapData(place, keyID));
    if (dataKey.length === dataKeyBytes) return dataKey;
  } catch {
    // Fails closed, like a key of another length.
  }
  throw new CannotOpen();
}
