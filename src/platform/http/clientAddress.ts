import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * Where a request came from, as far as a trusted proxy knows: the address alone, though many proxies (Azure's, IIS)
 * write the port beside it, another one for each connection. What is no address (`unknown`, a name) tells nothing, so
 * that the request counts as that of the proxy which wrote it.
 */
export function clientAddress(request: FastifyRequest): string {
  const fromFarthest = [...(request.ips ?? [])].reverse();
  for (const hop of fromFarthest) {
    const address = readAddress(hop);
    if (address !== undefined) return address;
  }
  return request.socket.remoteAddress ?? '';
}

/** Whether a hop, as `X-Forwarded-For` writes it, is one of these addresses or networks (CIDR). */
export function createProxyTrust(proxies: readonly string[]): (hop: string) => boolean {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = '', length] = proxy.split('/');
    if (length === undefined) trusted.addAddress(withoutZone(address), familyOf(address));
    else trusted.addSubnet(withoutZone(address), Number(length), familyOf(address));
  }
  return (hop) => {
    const address = readAddress(hop);
    return address !== undefined && trusted.check(withoutZone(address), familyOf(address));
  };
}

const inBrackets = /^\[([^\]]+)\](?::\d{1,5})?$/;
const withPort = /^([\d.]+):\d{1,5}$/;

/** `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `[2001:db8::7]` and `[2001:db8::7]:4711` as addresses. */
function readAddress(hop: string): string | undefined {
  const text = hop.trim();
  const address = (inBrackets.exec(text) ?? withPort.exec(text))?.[1] ?? text;
  return isIP(address) === 0 ? undefined : address;
}

function withoutZone(address: string): string {
  return address.split('%')[0] ?? address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
