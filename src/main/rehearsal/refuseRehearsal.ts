import { resolvePublicUrl, type Config } from '../config.ts';

const thisMachine = ['localhost', '127.0.0.1', '::1', '[::1]'];

/**
 * Why this service can play no providers, for whoever starts it, or undefined when it can: what others on the network
 * reach, or participants come to, must never hand out tokens of invented people.
 */
export function refuseRehearsal(config: Config): string | undefined {
  if (!thisMachine.includes(config.TRIBUTARY_HOST))
    return 'No sandbox: TRIBUTARY_HOST is an address that others can reach, and sandboxes are for this machine alone.';
  const { protocol, hostname } = new URL(resolvePublicUrl(config, 1));
  return protocol === 'http:' && thisMachine.includes(hostname)
    ? undefined
    : 'No sandbox: TRIBUTARY_PUBLIC_URL is an address that others can reach, and sandboxes are for this machine alone.';
}
