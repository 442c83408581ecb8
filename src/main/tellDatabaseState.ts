import { defineEvent, type Logger } from '../platform/log/logger.ts';
import type { DatabaseState } from '../platform/storage/databaseUnavailable.ts';

const lost = defineEvent('database-lost', 'error', 'state');
const back = defineEvent('database-back', 'info');

/** One line of the log when the database goes or can no longer be written, and one when it is back. */
export function tellDatabaseState(log: Logger): (state: DatabaseState) => void {
  return (state) => {
    if (state === 'available') log(back, {});
    else log(lost, { state });
  };
}
