import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import sql, { empty, join, raw, type Sql } from 'sql-template-tag';
import { omitUndefined } from '../members/omitUndefined.ts';
import { systemClock, type Clock } from '../time/clock.ts';
import { DatabaseUnavailable, readOnly, type DatabaseState } from './databaseUnavailable.ts';
import { servingDeadlines, type Deadlines } from './deadlines.ts';
import type { PostgresConnection } from './embeddedPostgres.ts';
import { askServer } from './waiting/askServer.ts';
import { cancelStatement, cutConnection, isCut } from './waiting/driverConnection.ts';
import { createServerWatch, type ServerWatch } from './waiting/serverWatch.ts';
import { createStatementWatch, type StatementWatch } from './waiting/statementWatch.ts';

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

/** `bulk` is work whose statements take as long as there are rows: migrations and imports. */
export type TransactionKind = 'short' | 'bulk';

/**
 * A pool of connections to one PostgreSQL database.
 *
 * Nothing here waits without an end ({@link Deadlines}): a statement that is not answered in time fails with
 * {@link DatabaseUnavailable}, its connection is cut, and the server is asked to give it up. While the server is known
 * to be away everything fails so at once.
 */
export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction (READ COMMITTED) and commits it; any throw rolls everything back.
   * Never call a provider or wait for a client inside: the connection and its locks are held throughout.
   */
  transaction<Result>(
    work: (transaction: Transaction) => Promise<Result>,
    kind?: TransactionKind,
  ): Promise<Result>;
  /** Rows as arrays of the first column order: the cheapest form, for the hot paths. */
  prepared(statement: PreparedStatement, values: readonly unknown[]): Promise<unknown[][]>;
  /** Starts `COPY … TO STDOUT` on a connection of its own. */
  copyOut(statement: string): Promise<CopyOut>;
  /** Found out when something fails, and from then on every second until it is available again. */
  state(): DatabaseState;
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
  /** Called once when {@link Database.state} changes. */
  readonly onState?: (state: DatabaseState) => void;
  /** Those of a service unless given. */
  readonly deadlines?: Deadlines;
  /** The machine's clock unless given. */
  readonly clock?: Clock;
}

/**
 * Opens a pool. Nothing is connected until the first statement.
 *
 * Every session speaks UTC: dates are rendered to text by the database, and the contract's dates are UTC.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { deadlines = servingDeadlines, clock = systemClock } = options;
  const target = 'url' in options.target ? { connectionString: options.target.url } : options.target;
  const settings = {
    ...target,
    application_name: options.applicationName,
    keepAlive: true,
  };
  const pool = new pg.Pool({
    ...settings,
    Client: UniversalClient,
    max: options.poolSizeMax,
    connectionTimeoutMillis: deadlines.connectionMs,
  });
  const namesStatements = options.namesStatements ?? true;
  const server = createServerWatch(clock, () => askServer(settings, clock), options.onState);
  const statements = createStatementWatch(clock, deadlines, server);
  pool.on('error', () => {
    server.suspect();
    options.onConnectionLost?.();
  });
  const clients = new Set<pg.PoolClient>();
  pool.on('connect', (client) => clients.add(client));
  pool.on('remove', (client) => clients.delete(client));
  const parts: PoolParts = { pool, server, statements, deadlines };

  return {
    query: async (statement) => {
      const { text, values } = statement;
      return runAlone(parts, async (client) => (await client.query({ text, values })).rows as never[]);
    },
    transaction: (work, kind = 'short') =>
      runTransaction(parts, kind === 'bulk' ? deadlines.bulkMs : deadlines.transactionMs, work),
    prepared: (statement, values) => {
      const { name, text } = statement;
      return runAlone(
        parts,
        async (client) =>
          (
            await client.query<unknown[]>({
              text,
              values: values as unknown[],
              rowMode: 'array',
              ...omitUndefined({ name: namesStatements ? name : undefined }),
            })
          ).rows,
      );
    },
    copyOut: (statement) => copyOut(parts, statement),
    state: () => server.state(),
    load: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: async (patienceMs) => {
      await closePool(pool, clients, clock, patienceMs);
      server.end();
      statements.end();
    },
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

interface PoolParts {
  readonly pool: pg.Pool;
  readonly server: ServerWatch;
  readonly statements: StatementWatch;
  readonly deadlines: Deadlines;
}

/** Whoever leaves is given this long to be let go by the server before the connection is cut. */
const leaveMs = 1_000;

async function closePool(
  pool: pg.Pool,
  clients: ReadonlySet<pg.PoolClient>,
  clock: Clock,
  patienceMs?: number,
): Promise<void> {
  const cutAll = () => clients.forEach(cutConnection);
  const ended = pool.end();
  if (patienceMs === undefined) await ended;
  else await runWithin(clock, patienceMs, ended, cutAll);
  // Goodbyes that a stopped server does not hear would keep the process alive.
  const left = [...clients].map((client) => new Promise((resolve) => client.once('end', resolve)));
  const waiting = new AbortController();
  await Promise.race([Promise.all(left), clock.sleep(leaveMs, waiting.signal).catch(() => undefined)]);
  waiting.abort();
  cutAll();
}

/** Waits for `work`, and calls `hurry` when it takes longer. */
async function runWithin(
  clock: Clock,
  patienceMs: number,
  work: Promise<unknown>,
  hurry: () => void,
): Promise<void> {
  const waiting = new AbortController();
  const cutOff = clock.sleep(patienceMs, waiting.signal).then(hurry, () => undefined);
  await work;
  waiting.abort();
  await cutOff;
}

/** Runs one statement within its deadline. The connection is of no more use when that is over. */
function runWatched<Result>(
  { server, statements }: PoolParts,
  client: pg.PoolClient,
  limitMs: number,
  run: () => Promise<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const waiting = statements.watch(limitMs, (reason) => {
      cancelStatement(client);
      cutConnection(client);
      reject(
        reason === 'too-long'
          ? new DatabaseUnavailable('57014', 'The database did not answer in time')
          : new DatabaseUnavailable('08006', 'The database does not answer'),
      );
    });
    run().then(
      (result) => {
        waiting.done();
        resolve(result);
      },
      (error: unknown) => {
        waiting.done();
        reject(nameLoss(server, error));
      },
    );
  });
}

async function runAlone<Result>(
  parts: PoolParts,
  run: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const { client, release } = await checkOut(parts);
  let failed = true;
  try {
    const result = await runWatched(parts, client, parts.deadlines.statementMs, () => run(client));
    failed = false;
    return result;
  } finally {
    release(failed);
  }
}

async function copyOut(parts: PoolParts, statement: string): Promise<CopyOut> {
  const { client, release } = await checkOut(parts);
  const stream = client.query(copyTo(statement));
  const fail = (error: Error) => {
    // The driver tells a copy of the end of its connection once more.
    stream.on('error', () => undefined);
    stream.destroy(error);
  };
  // A connection that breaks while nothing is being said on it tells only its client.
  client.once('error', (error: Error) => fail(nameLoss(parts.server, error)));
  const waiting = parts.statements.watch(
    parts.deadlines.copySilenceMs,
    () => {
      cancelStatement(client);
      cutConnection(client);
      fail(new DatabaseUnavailable('08006', 'The database has fallen silent in the middle of a copy'));
    },
    // What is ready is for the reader to take, and no silence of the server's.
    () => stream.readableLength === 0,
  );
  const push = stream.push.bind(stream);
  stream.push = (...piece: Parameters<typeof push>) => {
    waiting.heard();
    return push(...piece);
  };
  return {
    stream,
    // A failed copy leaves the connection in an unknown state: it is closed instead of reused.
    release: (failed) => {
      waiting.done();
      release(failed);
    },
  };
}

async function runTransaction<Result>(
  parts: PoolParts,
  limitMs: number,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const { client, release, isLost } = await checkOut(parts);
  const run = <Given>(statement: () => Promise<Given>) => runWatched(parts, client, limitMs, statement);
  let broken = false;
  try {
    await run(() => client.query('begin'));
    const result = await work({
      inTransaction: true,
      query: ({ text, values }) => run(async () => (await client.query({ text, values })).rows as never),
      copyIn: (statement, source) =>
        runWatched(parts, client, parts.deadlines.bulkMs, async () => {
          const copy = client.query(copyFrom(statement));
          await pipeline(source, copy);
          return copy.rowCount;
        }),
    });
    await run(() => client.query('commit'));
    return result;
  } catch (error) {
    broken = isLost();
    if (!broken)
      await run(() => client.query('rollback')).catch(() => {
        broken = true;
      });
    throw error;
  } finally {
    release(broken);
  }
}

/**
 * A connection of one's own. A break between two statements would otherwise be an error event that nobody
 * listens to, which ends the process; the next statement fails with it anyway.
 */
async function checkOut({ pool, server }: PoolParts): Promise<{
  client: pg.PoolClient;
  release: (broken: boolean) => void;
  isLost: () => boolean;
}> {
  if (server.state() === 'away') throw new DatabaseUnavailable('08006', 'The database does not answer');
  const client = await pool.connect().catch((error: unknown) => {
    throw nameLoss(server, error);
  });
  let lost = false;
  client.on('error', () => {
    lost = true;
  });
  const release = (broken: boolean) => {
    client.removeAllListeners('error');
    client.release(broken);
  };
  return { client, release, isLost: () => lost || isCut(client) };
}

const lossInWords = /^(timeout exceeded|Connection terminated|Client has encountered|Cannot use a pool)/;
const lossInCodes =
  /^(08...|57P0[123]|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

/**
 * The driver tells the loss of a connection, and that none came free in time, in words or in codes of the system;
 * callers judge by one class. 08006 is connection_failure (PostgreSQL appendix A).
 */
function nameLoss(server: ServerWatch, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { code } = error as { code?: unknown };
  if (code === readOnly) server.suspect();
  const loss =
    typeof code === 'string' ? lossInCodes.exec(code)?.[0] : lossInWords.test(error.message) && '08006';
  if (typeof loss !== 'string') return error;
  server.suspect();
  return new DatabaseUnavailable(loss, error.message, { cause: error });
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
