import { describe, expect, it } from 'vitest';
import { createAddressPolicy, isPublicAddress } from './addressPolicy.ts';

describe('isPublicAddress', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.0',
    '100.128.0.0',
    '2606:4700::1',
    '2a00:1450::1',
  ])('takes %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1'],
    ...['127.255.255.254', '169.254.169.254', '172.16.0.0', '172.31.255.255', '192.0.0.8', '192.0.2.9'],
    ...['192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1'],
    ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '168.63.129.16'],
    ...['::', '::1', '::ffff:8.8.8.8', '::ffff:127.0.0.1', '::8.8.8.8', '64:ff9b::808:808', '64:ff9b:1::1'],
    ...['100::1', '2001::1', '2001:1ff:ffff::', '2001:db8::1', '2002:808:808::1', '3fff::1', '5f00::1'],
    ...['fc00::1', 'fdff::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '2606:4700::1%eth0'],
    ...['', 'localhost', '08.8.8.8', '8.8.8', '8.8.8.8 ', '0x8.8.8.8', '[2606:4700::1]', '8.8.8.8/0'],
  ])('refuses %j', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('createAddressPolicy', () => {
  it('admits what it was given beside the public internet, and nothing more', () => {
    const admits = createAddressPolicy(['127.0.0.2/31', '10.0.0.1', '::1', 'fd00::/16']);
    for (const address of ['127.0.0.2', '127.0.0.3', '10.0.0.1', '::1', 'fd00::9', '8.8.8.8'])
      expect(admits(address), address).toBe(true);
    for (const address of ['127.0.0.1', '127.0.0.4', '10.0.0.2', '::2', 'fd01::1', '::ffff:10.0.0.1'])
      expect(admits(address), address).toBe(false);
  });

  it('is not made of what is no network', () => {
    for (const wrong of ['localhost', '', '127.0.0.1/33', '127.0.0.1/x', '::1/129'])
      expect(() => createAddressPolicy([wrong]), wrong).toThrow();
  });
});
