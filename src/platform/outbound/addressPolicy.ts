import { BlockList, isIP } from 'node:net';

/** Whether an address may be called. Judged by its bytes, so no spelling of it makes a difference. */
export type AddressPolicy = (address: string) => boolean;

/**
 * The policy that admits addresses of the public internet, and beside them those networks (`127.0.0.1/32`), for
 * tests and for sandboxes on this machine.
 *
 * Refused are the networks of the IANA special-purpose registries (RFC 6890) and what only looks like IPv6:
 * mapped, translated (NAT64) and tunnelled IPv4 addresses. Text that is no address is refused.
 */
export function createAddressPolicy(admittedNetworks: readonly string[] = []): AddressPolicy {
  const admitted = { 4: new BlockList(), 6: new BlockList() };
  for (const network of admittedNetworks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address);
    if (family !== 4 && family !== 6) throw new Error(`${network} is not an address or a network`);
    admitted[family].addSubnet(
      address,
      prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix),
      nameOf(family),
    );
  }
  return (address) => {
    const family = isIP(address);
    // A zone belongs to link-local addresses only, and lists cannot read it.
    if ((family !== 4 && family !== 6) || address.includes('%')) return false;
    return admitted[family].check(address, nameOf(family)) || isPublicAddress(address);
  };
}

/** Whether an address is one of the public internet; false for text that is no address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special4.check(address, 'ipv4');
    case 6:
      return (
        !address.includes('%') && globalUnicast6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
      );
    default:
      return false;
  }
}

function nameOf(family: 4 | 6): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6';
}

const special4 = listSubnets(
  'ipv4',
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 ' +
    // In no registry, but inside Azure it is the host's own service.
    '168.63.129.16/32',
);
const globalUnicast6 = listSubnets('ipv6', '2000::/3');
const special6 = listSubnets('ipv6', '2001::/23 2001:db8::/32 2002::/16 3fff::/20');

function listSubnets(family: 'ipv4' | 'ipv6', subnets: string): BlockList {
  const list = new BlockList();
  for (const subnet of subnets.split(' ')) {
    const [address = '', prefix] = subnet.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
