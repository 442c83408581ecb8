import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressPolicy } from './addressPolicy.ts';

/** The addresses of a host name. */
export type ResolveName = (hostname: string) => Promise<readonly LookupAddress[]>;

/** A name that leads to an address which may not be called. */
export class RefusedAddress extends Error {}

/**
 * The lookup that a connection itself makes, so that nothing can change between the check and the use.
 *
 * One address that is not admitted refuses the name: whoever mixes public and private answers is attacking.
 */
export function createGuardedLookup(admits: AddressPolicy, resolve: ResolveName): LookupFunction {
  return (hostname, options, done) => {
    void resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined)
          done(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', undefined);
        else if (!addresses.every(({ address }) => admits(address)))
          done(new RefusedAddress('the name leads to an address that may not be called'), '', undefined);
        else if (options.all === true) done(null, [...addresses]);
        else done(null, first.address, first.family);
      },
      (error: unknown) => done(error as NodeJS.ErrnoException, '', undefined),
    );
  };
}
