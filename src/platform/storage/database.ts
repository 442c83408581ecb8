import { pipeline } from 'node:stream/promises';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { omitUndefined } from '../members/omitUndefined.ts';
import { systemClock, type Clock } from '../time/clock.ts';
import type { PostgresConnection } from './embeddedPostgres.ts';

/**
 * Statements as they are written here: `sql` is SQL whose values are sent apart, as parameters; inside another one it is
 * a part of it. `join` makes a list of parts, `empty` is none. What `raw` is given goes into the text as it is: never a
 * value from outside.
 */
export { empty, join, raw, sql, type Sql };

/** What both a database and an open transaction can do: run one statement and give its rows. */
export interface Queryable {
  query<Row extends object = Record<string, never>>(statement: Sql): Promise<Row[]>;
}

/** One open transaction. Everything done through it happens together or not at all. */
export interface Transaction extends Queryable {
  /** Marks a value as a transaction, so that a function that needs one cannot be given a pool. */
  readonly inTransaction: true;
  /** Streams `source` into `COPY … FROM STDIN` with back-pressure; gives the number of rows stored. */
  copyIn(statement: string, source: Readable | AsyncIterable<Buffer | string>): Promise<number>;
}

/** A statement sent by name, so that PostgreSQL parses and plans it once per connection. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/** A `COPY … TO STDOUT` under way; `release` must be called exactly once when the reader is done or gave up. */
export interface CopyOut {
  readonly stream: Readable;
  readonly release: (failed: boolean) => void;
}

/** A pool of connections to one PostgreSQL database. */
export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction (READ COMMITTED) and commits it; any throw rolls everything back.
   * Never call a provider or wait for a client inside: the connection and its locks are held throughout.
   */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result>;
  /** Rows as arrays of the first column order: the cheapest form, for the hot paths. */
  prepared(statement: PreparedStatement, values: readonly unknown[]): Promise<unknown[][]>;
  /** Starts `COPY … TO STDOUT` on a connection of its own. */
  copyOut(statement: string): Promise<CopyOut>;
  /** Connections in use and waiting callers, for the metrics. */
  load(): { readonly total: number; readonly idle: number; readonly waiting: number };
  /**
   * Closes every connection as it becomes free. Those still busy after `patienceMs` are cut off, and their
   * transactions roll back.
   */
  close(patienceMs?: number): Promise<void>;
}

/** How to reach a database: a URL of a server, or the embedded instance's socket. */
export type DatabaseTarget = { readonly url: string } | PostgresConnection;

interface DatabaseOptions {
  readonly target: DatabaseTarget;
  readonly poolSizeMax: number;
  /** Whether `prepared` sends names. A pooler that changes the server's session between transactions needs false. */
  readonly namesStatements?: boolean;
  /** Shown in `pg_stat_activity`, so that an operator sees who holds a connection. */
  readonly applicationName: string;
  /** Called when an idle connection breaks; the pool replaces it by itself. */
  readonly onConnectionLost?: () => void;
  /** The machine's clock unless given. */
  readonly clock?: Clock;
}

/**
 * Opens a pool. Nothing is connected until the first statement.
 *
 * Every session speaks UTC: dates are rendered to text by the database, and the contract's dates are UTC.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const target = 'url' in options.target ? { connectionString: options.target.url } : options.target;
  const pool = new pg.Pool({
    ...target,
    max: options.poolSizeMax,
    application_name: options.applicationName,
    connectionTimeoutMillis: 10_000,
    Client: UniversalClient,
  });
  const namesStatements = options.namesStatements ?? true;
  pool.on('error', () => options.onConnectionLost?.());
  const clients = new Set<pg.PoolClient>();
  pool.on('connect', (client) => clients.add(client));
  pool.on('remove', (client) => clients.delete(client));

  return {
    query: (statement) => runOn(pool, statement),
    transaction: (work) => runTransaction(pool, work),
    prepared: async (statement, values) => {
      const { name, text } = statement;
      const result = await pool
        .query<unknown[]>({
          text,
          values: values as unknown[],
          rowMode: 'array',
          ...omitUndefined({ name: namesStatements ? name : undefined }),
        })
        .catch(nameLoss);
      return result.rows;
    },
    copyOut: async (statement) => {
      const { client, release } = await checkOut(pool);
      const stream = client.query(copyTo(statement));
      // A connection that breaks while nothing is being said on it tells only its client.
      client.once('error', (error: Error) => stream.destroy(error));
      // A failed copy leaves the connection in an unknown state: it is closed instead of reused.
      return { stream, release };
    },
    load: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: (patienceMs) => closePool(pool, clients, options.clock ?? systemClock, patienceMs),
  };
}

/**
 * A connection that says in its startup packet how it wants dates, each as a parameter of its own: those are what a
 * pooler knows and keeps for its client on whichever session of the server it gets. It refuses `options`, and what `set`
 * says stays with a session that is somebody else's a moment later.
 */
class UniversalClient extends pg.Client {
  /** The driver's own list; a method that its types do not tell. */
  getStartupConf(): Record<string, string> {
    const { getStartupConf } = pg.Client.prototype as unknown as {
      getStartupConf: (this: pg.Client) => Record<string, string>;
    };
    return { ...getStartupConf.call(this), TimeZone: 'UTC', DateStyle: 'ISO' };
  }
}

async function closePool(
  pool: pg.Pool,
  clients: ReadonlySet<pg.PoolClient>,
  clock: Clock,
  patienceMs?: number,
): Promise<void> {
  const ended = pool.end();
  if (patienceMs === undefined) return ended;
  const waiting = new AbortController();
  const cutOff = clock.sleep(patienceMs, waiting.signal).then(
    () => {
      // The driver's own way to end would wait for the statement that is running.
      for (const client of clients)
        (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
    },
    () => undefined,
  );
  await ended;
  waiting.abort();
  await cutOff;
}

async function runOn<Row extends object>(client: pg.Pool | pg.PoolClient, statement: Sql): Promise<Row[]> {
  const query = client.query<Row>({ text: statement.text, values: statement.values });
  return (await query.catch(nameLoss)).rows;
}

async function runTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const { client, release } = await checkOut(pool);
  let broken = false;
  try {
    await client.query('begin');
    const result = await work({
      inTransaction: true,
      query: (statement) => runOn(client, statement),
      copyIn: async (statement, source) => {
        const copy = client.query(copyFrom(statement));
        await pipeline(source, copy);
        return copy.rowCount;
      },
    });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    return nameLoss(error);
  } finally {
    release(broken);
  }
}

/**
 * A connection of one's own. A break between two statements would otherwise be an error event that nobody
 * listens to, which ends the process; the next statement fails with it anyway.
 */
async function checkOut(
  pool: pg.Pool,
): Promise<{ client: pg.PoolClient; release: (broken: boolean) => void }> {
  const client = await pool.connect().catch(nameLoss);
  client.on('error', () => undefined);
  const release = (broken: boolean) => {
    client.removeAllListeners('error');
    client.release(broken);
  };
  return { client, release };
}

const lossInWords = /^(timeout exceeded|Connection terminated|Client has encountered|Cannot use a pool)/;

/**
 * The driver tells the loss of a connection, and that none came free in time, only in words; callers judge by
 * codes. 08006 is connection_failure (PostgreSQL appendix A).
 */
function nameLoss(error: unknown): never {
  if (error instanceof Error && !('code' in error) && lossInWords.test(error.message))
    throw Object.assign(error, { code: '08006' });
  throw error;
}

/** The constraint that refused a statement, or undefined for any other failure: for turning races into answers. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError && error.code?.startsWith('23') === true
    ? error.constraint
    : undefined;
}

/** Whether the database itself said it: its words may quote what is stored. */
export function isDatabaseError(error: unknown): error is Error & { readonly code: string | undefined } {
  return error instanceof pg.DatabaseError;
}
