import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../platform/random/seededRandom.ts';
import { Ledger } from '../ledger/ledger.ts';
import { GrantStore, type PlayedConsent } from './grantStore.ts';

const person = { userID: 'ada', seed: 'ada', name: 'Ada' };
const consent: PlayedConsent = {
  login: { key: 'ada', name: 'Ada', records: [person], fhirUser: 'Patient/ada', isProxy: false },
  person,
  scopes: ['daily'],
  asked: ['daily'],
  redirectUri: 'https://study.example.org/callback',
  mayRefresh: true,
};

function create(tokensMax?: number) {
  let now = 0;
  const clock = { now: () => now, sleep: () => Promise.resolve(), every: () => () => undefined };
  const ledger = new Ledger(clock);
  const random = createSeededRandom('1');
  const most = tokensMax === undefined ? {} : { tokensMax };
  const store = new GrantStore({ slug: 'oura', ledger, random, now: () => now, ...most });
  const begin = () => {
    const code = store.issueCode(consent, 60);
    store.spendCode(code, () => undefined);
    return { code, grant: store.begin(consent, { code }) };
  };
  return { store, ledger, begin, move: (to: number) => (now = to) };
}

describe('codes', () => {
  it('are spent by the first who shows them, whether or not she may', () => {
    const { store } = create();
    const code = store.issueCode(consent, 60);
    expect(store.spendCode(code, () => 'redirect_uri')).toEqual({ refused: 'redirect_uri' });
    expect(store.spendCode(code, () => undefined)).toEqual({ refused: 'used-twice' });
    expect(store.spendCode('invented', () => undefined)).toEqual({ refused: 'unknown' });
  });

  it('end with their lifetime', () => {
    const { store, move } = create();
    const code = store.issueCode(consent, 60);
    move(60_000);
    expect(store.spendCode(code, () => undefined)).toEqual({ refused: 'expired' });
  });
});

describe('consents', () => {
  it('end with all their tokens, and take no others with them', () => {
    const { store, begin, ledger } = create();
    const [one, other] = [begin().grant, begin().grant];
    const tokens = [one, other].map((grant, index) =>
      store.issue({ value: `token${index}`, kind: 'access', grant }),
    );
    store.end(one, 'revoked');
    expect(tokens.map((token) => store.refuse(token))).toEqual(['revoked', undefined]);
    expect(ledger.isAlive('oura', 'ada')).toBe(true);
    expect(store.grantsOf('ada')).toEqual([other]);
    expect(store.useAccess('token0')).toEqual({ refused: 'revoked' });
    expect(store.useAccess('token1')).toBe(tokens[1]);
  });

  it('end at their end, whoever asks first', () => {
    const { store, ledger, move } = create();
    const code = store.issueCode(consent, 60);
    store.spendCode(code, () => undefined);
    const grant = store.begin(consent, { code, endsAt: 5_000 });
    const token = store.issue({ value: 'token', kind: 'refresh', grant });
    move(4_999);
    expect(store.refuse(token)).toBeUndefined();
    move(5_000);
    expect(store.refuse(token)).toBe('consent-expired');
    expect(ledger.isAlive('oura', 'ada')).toBe(false);
  });
});

it('forgets tokens that are over when there are too many, and never one that is good', () => {
  const { store, begin, move } = create(1_000);
  const { grant } = begin();
  const good = store.issue({ value: 'good', kind: 'refresh', grant });
  const old = store.issue({ value: 'old', kind: 'access', grant, expiresAt: 1 });
  move(2);
  for (let count = 0; count < 1_000; count++)
    store.issue({ value: `token${count}`, kind: 'access', grant, expiresAt: 1 });
  expect(store.find('good')).toBe(good);
  expect(store.find('old')).toBeUndefined();
  expect(store.refuse(old)).toBe('expired');
  expect(grant.tokens.size).toBeLessThan(1_000);
});
