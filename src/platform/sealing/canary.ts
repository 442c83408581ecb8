import { canaryData } from './authenticatedData.ts';
import type { KeyService } from './keyService.ts';

/** No secret: it only shows that a key is the one that it was when its name became known. */
const knownText = Buffer.from('tributary: the key of this name ');

/** The known text wrapped with a key, for the database to keep. */
export async function makeCanary(keyService: KeyService, keyID: string): Promise<Buffer> {
  return Buffer.from(await keyService.wrap(keyID, knownText, canaryData(keyID)));
}

/** Whether the key of this name is the one that made the canary. */
export async function opensCanary(
  keyService: KeyService,
  keyID: string,
  canary: Uint8Array,
): Promise<boolean> {
  try {
    return knownText.equals(await keyService.unwrap(keyID, canary, canaryData(keyID)));
  } catch {
    return false;
  }
}
