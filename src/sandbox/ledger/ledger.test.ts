import { describe, expect, it } from 'vitest';
import { digestOf, Ledger, ledgerSizeMax } from './ledger.ts';

let now = 1_000;
const clock = { now: () => now, sleep: () => Promise.resolve(), every: () => () => undefined };
const facts = { kind: 'refresh', slug: 'oura', person: 'ada', grant: 1 } as const;

describe('a ledger', () => {
  it('counts how often a token was accepted and refused, and what became of it', () => {
    const ledger = new Ledger(clock);
    ledger.issue('token', facts);
    ledger.show('token');
    ledger.show('token');
    now = 2_000;
    ledger.show('token', 'spent');
    ledger.end('token', 'revoked');
    ledger.end('token', 'again');
    expect(ledger.find('token')).toEqual({
      ...facts,
      token: digestOf('token'),
      issuedAt: 1_000,
      uses: 2,
      refusals: 1,
      endedAt: 2_000,
      endedBy: 'revoked',
    });
    expect(ledger.entries().map(({ what }) => what)).toEqual(['issued', 'used', 'used', 'refused', 'ended']);
  });

  it('counts nothing for a token that was never given', () => {
    const ledger = new Ledger(clock);
    ledger.show('token');
    ledger.end('token', 'revoked');
    expect([ledger.find('token'), ledger.entries()]).toEqual([undefined, []]);
  });

  it('knows a person as alive while one of her consents is', () => {
    const ledger = new Ledger(clock);
    const first = ledger.beginGrant({ slug: 'oura', person: 'ada', scopes: ['daily'] });
    const second = ledger.beginGrant({ slug: 'oura', person: 'ada', scopes: [] });
    ledger.endGrant(first, 'revoked');
    expect(ledger.isAlive('oura', 'ada')).toBe(true);
    ledger.endGrant(second, 'revoked');
    expect(ledger.isAlive('oura', 'ada')).toBe(false);
    expect(ledger.isAlive('oura', 'bruno')).toBe(false);
    expect(ledger.grants({ person: 'ada' }).map(({ endedBy }) => endedBy)).toEqual(['revoked', 'revoked']);
  });

  it('tells a watcher of each entry in the moment it is made, until it has seen enough', () => {
    const ledger = new Ledger(clock);
    const seen: string[] = [];
    const end = ledger.watch(({ what, token }) => seen.push(`${what} ${token === digestOf('token')}`));
    ledger.issue('token', facts);
    expect(seen).toEqual(['issued true']);
    end();
    ledger.show('token');
    expect(seen).toHaveLength(1);
  });

  it('is bounded: the oldest are dropped and counted, and numbers go on', () => {
    const ledger = new Ledger(clock);
    for (let count = 0; count < ledgerSizeMax + 5; count++)
      ledger.addEntry({ slug: 'oura', what: 'request' });
    const dropped = ledgerSizeMax / 10;
    expect(ledger.dropped).toBe(dropped);
    expect(ledger.entries({ limit: 1 })).toMatchObject([{ id: dropped + 1 }]);
    expect(ledger.entries({ limit: 1_000_000 })).toHaveLength(ledgerSizeMax + 5 - dropped);
    ledger.reset();
    ledger.addEntry({ slug: 'oura', what: 'request' });
    expect(ledger.entries()).toMatchObject([{ id: ledgerSizeMax + 6 }]);
  });

  it('gives what is asked for and no more', () => {
    const ledger = new Ledger(clock);
    for (const slug of ['oura', 'strava', 'oura'])
      ledger.addEntry({ slug, what: 'request', person: slug.toUpperCase() });
    expect(ledger.entries({ slug: 'oura' })).toHaveLength(2);
    expect(ledger.entries({ person: 'STRAVA' })).toHaveLength(1);
    expect(ledger.entries({ after: 2 })).toHaveLength(1);
    ledger.issue('one', facts);
    ledger.issue('two', { ...facts, kind: 'access', person: 'bruno' });
    expect(ledger.tokens({ kind: 'access' })).toMatchObject([{ token: digestOf('two') }]);
    expect(ledger.tokens({ person: 'ada' })).toMatchObject([{ token: digestOf('one') }]);
    expect(ledger.tokens({ slug: 'strava' })).toEqual([]);
  });
});
