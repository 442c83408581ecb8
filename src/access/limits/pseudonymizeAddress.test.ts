import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf, pseudonymizeAddress } from './pseudonymizeAddress.ts';

describe('pseudonymizeAddress', () => {
  it('names a network by 132 bits of an HMAC under a key of its own, and nobody else’s', async () => {
    const asked: string[] = [];
    const getKey = (purpose: string) => {
      asked.push(purpose);
      return Promise.resolve(Buffer.alloc(32, purpose.length));
    };
    const name = await pseudonymizeAddress(getKey, '2001:db8:1:2::7');
    expect(name).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await pseudonymizeAddress(getKey, '2001:db8:1:2:ffff::')).toBe(name);
    expect(await pseudonymizeAddress(getKey, '2001:db8:1:3::7')).not.toBe(name);
    expect(new Set(asked)).toEqual(new Set(['pseudonyms of addresses in the rate limiter']));
    const key = Buffer.alloc(32, asked[0]!.length);
    expect(name).toBe(createHmac('sha256', key).update('2001:db8:1:2').digest('base64url').slice(0, 22));
  });
});

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
    ['1::2:3:4:5:6:7', '1:0:2:3'],
    ['1:2:3:4:5:6:7::', '1:2:3:4'],
    ['1:2:3:4:5:6:192.0.2.7', '1:2:3:4'],
    ['ABCD:EF::', 'abcd:ef:0:0'],
    ['::ffff:203.113.210.254', '203.113.210.254'],
    ['1::ffff:192.0.2.7', '1:0:0:0'],
    ['::ffff:192.0.2.7 and more', '::ffff:192.0.2.7 and more'],
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
