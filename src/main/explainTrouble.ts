import type { Environment } from '../platform/config/parseConfig.ts';
import { DatabaseUnavailable } from '../platform/storage/databaseUnavailable.ts';
import { explainDatabaseTrouble } from './trouble/explainDatabaseTrouble.ts';
import { explainFileTrouble } from './trouble/explainFileTrouble.ts';
import { explainListening } from './trouble/explainListening.ts';

/**
 * What an operator can do about a failure of the operating system, the database or the connection to it: which
 * setting, and what to change. Undefined for everything that nobody expects. Names no password, nobody and no row.
 */
export function explainTrouble(error: unknown, environment: Environment): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Several addresses of a host were tried: all failed, and the first failure stands for them.
  if (error instanceof AggregateError && error.errors.length > 0)
    return explainTrouble(error.errors[0], environment);
  // The pool tells every loss as one class: what it met says more.
  if (error instanceof DatabaseUnavailable && error.cause !== undefined) {
    const met = explainTrouble(error.cause, environment);
    if (met !== undefined) return met;
  }
  return (
    explainListening(error, environment) ??
    explainDatabaseTrouble(error, environment) ??
    explainFileTrouble(error)
  );
}
