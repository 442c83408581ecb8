import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { ExportGate } from './exportGate.ts';

/** What the routes of this capability work with. */
export interface ExportParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly gate: ExportGate;
  /** A client that takes nothing for this long is cut off. */
  readonly stallTimeoutMs: number;
}
