import type { Environment } from '../../platform/config/parseConfig.ts';

/** Why a port could not be opened; undefined for any other failure. */
export function explainListening(error: Error, environment: Environment): string | undefined {
  const { code, syscall, port, hostname } = error as NodeJS.ErrnoException & {
    readonly port?: number;
    readonly hostname?: string;
  };
  const host = environment.TRIBUTARY_HOST;
  if (syscall === 'getaddrinfo' && hostname !== undefined && hostname === host)
    return `TRIBUTARY_HOST names ${host}, which this machine does not know: give one of its own addresses.`;
  if (syscall !== 'listen') return undefined;
  const { TRIBUTARY_PORT: ownPort = '8080', TRIBUTARY_METRICS_PORT: metricsPort } = environment;
  const setting =
    String(port) === metricsPort
      ? 'set TRIBUTARY_METRICS_PORT to'
      : String(port) === ownPort
        ? 'set TRIBUTARY_PORT to'
        : 'choose';
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another process: stop that one, or ${setting} another port.`;
    case 'EACCES':
    case 'EPERM':
      return `This user may not listen on port ${port}: ${setting} one from 1024, and let a reverse proxy listen on this one.`;
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return `TRIBUTARY_HOST is no address of this machine: set it to one, or to 0.0.0.0 for all.`;
    default:
      return undefined;
  }
}
