import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSelfSigned, type SelfSigned } from './selfSigned.ts';

export interface SecureServer {
  readonly server: Server;
  readonly port: number;
  /** Beginning of its addresses: `https://NAME:PORT`. */
  readonly origin: string;
  /** What a client has to trust. */
  readonly certificate: string;
  /** Requests so far: method, path and headers. */
  readonly seen: {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, unknown>;
  }[];
  /** Connections so far, whether or not a request came over them. */
  connections(): number;
  close(): Promise<void>;
}

/** An https server on loopback that calls itself by this name and remembers what it was asked. */
export async function startSecureServer(
  name: string,
  answer: RequestListener,
  identity: SelfSigned = createSelfSigned([name]),
): Promise<SecureServer> {
  const seen: SecureServer['seen'] = [];
  const sockets = new Set<Duplex>();
  let connections = 0;
  const server = createServer({ key: identity.key, cert: identity.certificate }, (request, response) => {
    seen.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.on('connection', (socket: Duplex) => {
    connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // A client that ends a handshake or a request is part of the tests.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    origin: `https://${name}:${port}`,
    certificate: identity.certificate,
    seen,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
