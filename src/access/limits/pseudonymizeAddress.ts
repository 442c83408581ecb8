import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { GetInstallationKey } from '../../platform/storage/installationKey.ts';

/**
 * A name for the network behind an address, the same in every process, from which nobody without the database's
 * root key can tell the address. So the request counts hold no address.
 *
 * An IPv6 subscriber commands a whole /64 (RFC 6177), which is therefore one caller; an IPv4 address that is
 * written as IPv6 is the IPv4 address.
 */
export async function pseudonymizeAddress(getKey: GetInstallationKey, address: string): Promise<string> {
  const key = await getKey('pseudonyms of addresses in the rate limiter');
  return createHmac('sha256', key).update(networkOf(address)).digest('base64url').slice(0, 22);
}

const mappedIPv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The IPv4 address, or the first four groups of the IPv6 address, written in one way. */
export function networkOf(address: string): string {
  const mapped = mappedIPv4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [withoutZone = ''] = address.split('%');
  if (!isIPv6(withoutZone)) return address;
  const [left = '', right] = withoutZone.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right?.split(':') ?? [];
  // An address that ends in dotted IPv4 has one item for two groups.
  const tailGroups = tail.length + (tail.at(-1)?.includes('.') === true ? 1 : 0);
  const zeros = new Array<string>(8 - head.length - tailGroups).fill('0');
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
