import { createConnection, type Socket } from 'node:net';
import type pg from 'pg';

/** What the driver knows of a connection and does not say in its types. */
interface DriverConnection {
  readonly connection: { readonly stream: Socket };
  readonly host: string;
  readonly port: number;
  readonly processID: number | null;
  readonly secretKey: number | null;
}

const cancelTimeoutMs = 2_000;
const cancelRequest = 80877102;

/** Cuts a connection off at once; the driver's own way to end would wait for the server. */
export function cutConnection(client: pg.Client | pg.PoolClient): void {
  (client as unknown as DriverConnection).connection.stream.destroy();
}

/** Whether the connection was cut off. */
export function isCut(client: pg.Client | pg.PoolClient): boolean {
  return (client as unknown as DriverConnection).connection.stream.destroyed;
}

/**
 * Asks the server to give up what it is doing for a connection (PostgreSQL, "Canceling Requests in Progress"), and does
 * not wait for it: a server that was stopped reads this when it goes on.
 */
export function cancelStatement(client: pg.Client | pg.PoolClient): void {
  const { host, port, processID, secretKey } = client as unknown as DriverConnection;
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(cancelRequest, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const socket = host.startsWith('/')
    ? createConnection(`${host}/.s.PGSQL.${port}`)
    : createConnection(port, host);
  socket.setTimeout(cancelTimeoutMs, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.unref();
  socket.end(request);
}
