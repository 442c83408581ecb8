import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { clientAddress, createProxyTrust } from './clientAddress.ts';

/** Whom a request from this machine is taken for when its proxy wrote this. */
async function addressFor(
  forwarded: string | undefined,
  { proxies = ['127.0.0.1'], remoteAddress = '127.0.0.1' } = {},
): Promise<string> {
  const app = fastify({ trustProxy: proxies.length === 0 ? false : createProxyTrust(proxies) });
  app.get('/', (request) => clientAddress(request));
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const answer = await app.inject({ url: '/', headers, remoteAddress });
  await app.close();
  return answer.body;
}

describe('clientAddress', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['198.51.100.7:50001', '198.51.100.7'],
    ['198.51.100.7:50002', '198.51.100.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:50001', '2001:db8::7'],
    ['203.0.113.1, 198.51.100.7:50001', '198.51.100.7'],
    ['198.51.100.7:50001, 127.0.0.1:443', '198.51.100.7'],
    // What is no address is the proxy's own.
    ['unknown', '127.0.0.1'],
    ['', '127.0.0.1'],
    ['somebody:50001', '127.0.0.1'],
    ['198.51.100.7:port', '127.0.0.1'],
    ['198.51.100.777', '127.0.0.1'],
    ['[198.51.100.7', '127.0.0.1'],
    [undefined, '127.0.0.1'],
  ])('makes of %s the address %s', async (forwarded, address) => {
    expect(await addressFor(forwarded)).toBe(address);
  });

  it('believes networks, also of proxies that are reached by IPv6 or written as such', async () => {
    const proxies = ['10.0.0.0/8', '2001:db8:1::/48'];
    const forwarded = '203.0.113.1, 198.51.100.7:50001, 10.200.3.4:443, [2001:db8:1:2::3]:443';
    expect(await addressFor(forwarded, { proxies, remoteAddress: '10.1.1.1' })).toBe('198.51.100.7');
    expect(await addressFor(forwarded, { proxies, remoteAddress: '::ffff:10.1.1.1' })).toBe('198.51.100.7');
    expect(await addressFor(forwarded, { proxies, remoteAddress: '11.1.1.1' })).toBe('11.1.1.1');
  });

  it('believes nobody when no proxy is trusted', async () => {
    expect(await addressFor('198.51.100.7', { proxies: [] })).toBe('127.0.0.1');
  });
});
