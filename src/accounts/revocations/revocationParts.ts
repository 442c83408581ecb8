import type { FindServer } from '../../oauth/authorizationServer.ts';
import type { ConnectionParts } from '../../oauth/findConnection.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Vault } from '../../platform/sealing/vault.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';

/** What it takes to give a grant back: the providers' addresses, and the vault that its tokens lie in. */
export interface RevocationParts extends ConnectionParts {
  readonly database: Database;
  readonly findServer: FindServer;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Logger;
}
