import type { Logger } from '../platform/log/logger.ts';
import type { Random } from '../platform/random/random.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';

/** What the routes of this capability work with. */
export interface AccessParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where the outside world reaches us, without a trailing slash. */
  readonly publicUrl: string;
  readonly tokens: TokenSettings;
}

interface TokenSettings {
  /** Lifetime of a service account's access token, in seconds. */
  readonly serviceLifetimeS: number;
  /** Lifetime of a participant's access token, in seconds. */
  readonly participantLifetimeS: number;
  /** Audiences accepted in client assertions beside our own token URL. */
  readonly audiences: readonly string[];
}
