import pg from 'pg';
import type { Clock } from '../../time/clock.ts';
import type { DatabaseState } from '../databaseUnavailable.ts';
import { cutConnection } from './driverConnection.ts';

const patienceMs = 2_000;

/** What state the server is in, found out on a connection of its own, within two seconds. */
export async function askServer(settings: pg.ClientConfig, clock: Clock): Promise<DatabaseState> {
  const client = new pg.Client(settings);
  client.on('error', () => undefined);
  const answered = new AbortController();
  clock.sleep(patienceMs, answered.signal).then(
    () => cutConnection(client),
    () => undefined,
  );
  try {
    await client.connect();
    const { rows } = await client.query<{ read_only: boolean }>(
      `select current_setting('transaction_read_only') = 'on' as read_only`,
    );
    client.end().catch(() => undefined);
    return rows[0]?.read_only === true ? 'read-only' : 'available';
  } catch (error) {
    cutConnection(client);
    // Whoever refuses has answered; 57P01 to 57P03 are a server that starts or stops (PostgreSQL appendix A).
    return error instanceof pg.DatabaseError && error.code?.startsWith('57P') !== true ? 'available' : 'away';
  } finally {
    answered.abort();
  }
}
