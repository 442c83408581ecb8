import { createConnection } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import type { Clock } from '../../time/clock.ts';
import { socketFile } from './sockets.ts';

/** Where a PostgreSQL listens that the embedded default started. */
export interface PostgresConnection {
  /** The directory of its socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

const clientsPollMs = 200;
const clientsPatienceMs = 60_000;
const databaseMissing = '3D000';

/** Proves that the service can connect, and creates its database should somebody have dropped it. */
export async function ensureDatabase(connection: PostgresConnection): Promise<void> {
  try {
    await (await connect(connection)).end();
  } catch (error) {
    if ((error as { code?: string }).code !== databaseMissing) {
      throw error;
    }
    const client = await connect({ ...connection, database: 'postgres' });
    try {
      await client.query(`CREATE DATABASE ${pg.escapeIdentifier(connection.database)}`);
    } finally {
      await client.end();
    }
  }
}

/**
 * Waits until nobody but us is connected: for a bounded time, and no longer than the signal allows.
 *
 * For a command that owns the database while others borrow it. A server that does not
 * answer any more has no clients worth waiting for.
 */
export async function waitForOtherClients(
  connection: PostgresConnection,
  clock: Clock,
  hurry: AbortSignal,
): Promise<void> {
  const client = await connect(connection).catch(() => undefined);
  try {
    const giveUpAt = clock.now() + clientsPatienceMs;
    while (
      client !== undefined &&
      !hurry.aborted &&
      clock.now() < giveUpAt &&
      (await hasOtherClients(client))
    ) {
      await clock.sleep(clientsPollMs, hurry).catch(() => undefined);
    }
  } catch {
    // It went away while we were asking.
  } finally {
    await client?.end().catch(() => undefined);
  }
}

/** Whether something listens in this socket directory. */
export function isAnswering(socketDirectory: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path.join(socketDirectory, socketFile));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function hasOtherClients(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ others: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS others`,
  );
  return rows[0]?.others === true;
}

async function connect(connection: PostgresConnection): Promise<pg.Client> {
  // Said outright, or else pg would look for it in the environment.
  const client = new pg.Client({
    ...connection,
    ssl: false,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  // A server that goes away while nothing is asked of it would otherwise end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
