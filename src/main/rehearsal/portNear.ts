import type { Config } from '../config.ts';

/** The port so many after the service's; 0, any free one, for a service that itself takes a free one. */
export function portNear({ TRIBUTARY_PORT: port }: Config, distance: number): number {
  return port === 0 || port + distance > 65_535 ? 0 : port + distance;
}
