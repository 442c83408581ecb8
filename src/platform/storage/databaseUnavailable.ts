import { logUnexpected, type Logger } from '../log/logger.ts';

/**
 * The database did not answer, or its connection was lost: nothing that was asked is at fault. `code` is the
 * SQLSTATE or the socket error (08006 is connection_failure, 57014 query_canceled; PostgreSQL appendix A).
 */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Logs a failure of work that is repeated by itself. A database that is away, or cannot be written, has one line when
 * it goes and one when it is back ({@link DatabaseState}): what fails meanwhile is nothing unexpected.
 */
export function logUnlessAway(log: Logger, where: string, thrown: unknown): void {
  if (thrown instanceof DatabaseUnavailable || (thrown as { code?: unknown } | undefined)?.code === readOnly)
    return;
  logUnexpected(log, where, thrown);
}

/** read_only_sql_transaction (PostgreSQL appendix A). */
export const readOnly = '25006';

/** `read-only` answers, and refuses whatever is written: a standby, or one that was set so. */
export type DatabaseState = 'available' | 'read-only' | 'away';
