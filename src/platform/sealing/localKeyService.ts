import type { Random } from '../random/random.ts';
import type { KeyService } from './keyService.ts';
import type { MasterKeys } from './masterKeys.ts';
import { nonceBytes, openBlob, sealBlob } from './sealedBlob.ts';

/** Keys in this process. */
export function createLocalKeyService(keys: MasterKeys, random: Random): KeyService {
  const requireKey = (keyID: string) => {
    const key = keys.get(keyID);
    if (key === undefined) throw new Error('This process does not have the key');
    return key;
  };
  return {
    keyIDs: () => Promise.resolve([...keys.keys()]),
    // Asynchronous for the sake of other services: a failure is a rejection.
    // eslint-disable-next-line @typescript-eslint/require-await
    wrap: async (keyID, plaintext, aad) =>
      sealBlob(requireKey(keyID), plaintext, { aad, nonce: random.bytes(nonceBytes) }),
    // eslint-disable-next-line @typescript-eslint/require-await
    unwrap: async (keyID, wrapped, aad) => openBlob(requireKey(keyID), wrapped, aad),
  };
}
