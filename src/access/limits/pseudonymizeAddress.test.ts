import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf } from './pseudonymizeAddress.ts';

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8::', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0'],
    ['1::2:3:4:5:192.0.2.7', '1:0:2:3'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('makes of %s the network %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('is the same for every way to write an address and every address of a /64', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, groups, (first, second) => {
        const full = first.map((group) => group.toString(16).padStart(4, '0')).join(':');
        const { hostname } = new URL(`http://[${full}]`);
        const neighbour = [...first.slice(0, 4), ...second.slice(4)]
          .map((group) => group.toString(16))
          .join(':');
        expect(networkOf(hostname.slice(1, -1))).toBe(networkOf(full));
        expect(networkOf(neighbour)).toBe(networkOf(full));
      }),
    );
  });
});
