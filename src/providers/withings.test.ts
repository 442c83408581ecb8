import { describe, expect, it } from 'vitest';

import { provider } from './withings.ts';

const { revoke } = provider.auth;
const client = { id: 'client-1', secret: 'secret-1' };

// Expected values: printf 'getnonce,client-1,1795219200' | openssl dgst -sha256 -hmac 'secret-1', and so on.
describe('the signature of Withings calls', () => {
  it('covers action, client and timestamp where a nonce is asked for', () => {
    const fields = { action: 'getnonce', timestamp: '1795219200' };
    expect(revoke.firstAsk.call.sign(fields, client)).toEqual({
      ...fields,
      client_id: 'client-1',
      signature: 'bfcafcb71fb9a7c04bf4e8aeb404207eda79cac3cb7660942c6cd9b060c16781',
    });
  });

  it('covers action, client and nonce of a revocation, and nothing else', () => {
    const signature = '38e34a76e9cc503948335d49df6cf0915cb48c9965ac0cb8f6429fbedf31f55c';
    const fields = { userid: '363', nonce: 'nonce-1', action: 'revoke' };
    expect(revoke.sign(fields, client)).toEqual({ ...fields, client_id: 'client-1', signature });
    expect(revoke.sign({ ...fields, userid: '364' }, client)).toMatchObject({ signature });
  });

  it('changes with the nonce, the client and the secret', () => {
    const signatures = [
      revoke.sign({ action: 'revoke', nonce: 'nonce-1' }, client),
      revoke.sign({ action: 'revoke', nonce: 'nonce-2' }, client),
      revoke.sign({ action: 'revoke', nonce: 'nonce-1' }, { ...client, id: 'client-2' }),
      revoke.sign({ action: 'revoke', nonce: 'nonce-1' }, { ...client, secret: 'secret-2' }),
    ].map(({ signature }) => signature);
    expect(new Set(signatures).size).toBe(4);
  });

  it('replaces a client identifier that is not the one that signs', () => {
    const fields = { action: 'revoke', nonce: 'nonce-1', client_id: 'other' };
    expect(revoke.sign(fields, client)).toMatchObject({
      client_id: 'client-1',
      signature: '38e34a76e9cc503948335d49df6cf0915cb48c9965ac0cb8f6429fbedf31f55c',
    });
  });

  it.each([{ action: 'revoke' }, { nonce: 'nonce-1' }, { action: 'revoke', nonce: '' }])(
    'is refused for %j, which has nothing fresh to sign or nothing to do',
    (fields: Readonly<Record<string, string>>) => {
      expect(() => revoke.sign(fields, client)).toThrow('a signature needs an action');
    },
  );
});
