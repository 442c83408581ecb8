import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';

/** What the routes of this capability work with. */
export interface ExportParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly exportsAtOnce: number;
  readonly stallTimeoutMs: number;
}
