import { join } from 'node:path';
import type { KeySettings } from '../../keys/keySource.ts';
import type { Config } from '../config.ts';

/** What the configuration says of keys. Only the embedded database's lie in a file that the service makes. */
export function readKeySettings(config: Config): KeySettings {
  const isEmbedded = config.TRIBUTARY_DATABASE_URL === undefined;
  return {
    keyService: config.TRIBUTARY_KEY_SERVICE,
    keyFile: config.TRIBUTARY_MASTER_KEYS_FILE,
    keys: config.TRIBUTARY_MASTER_KEYS,
    ownFile: isEmbedded ? join(config.TRIBUTARY_DATA_DIR, 'keys', 'master-keys') : undefined,
  };
}
