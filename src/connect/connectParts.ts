import type { Catalogue } from '../definitions/catalogue.ts';
import type { FindServer } from '../oauth/authorizationServer.ts';
import type { FindDoor } from '../oauth/providerDoor.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Random } from '../platform/random/random.ts';
import type { Vault } from '../platform/sealing/vault.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';

/** What the routes and steps of a journey work with. */
export interface ConnectParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where the outside world reaches us, without a trailing slash. */
  readonly publicUrl: string;
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  readonly findServer: FindServer;
  readonly vault: Vault;
}
