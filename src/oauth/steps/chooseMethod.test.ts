import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { buildDefinition, changeDefinition } from '../../../test/builders/definition.ts';
import { Secret } from '../../platform/config/secret.ts';
import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { chooseMethod } from './chooseMethod.ts';

const pem = (privateKey: { export(options: object): string | Buffer }) =>
  new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const keys = {
  rsa: pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
  p256: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
  p384: pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey),
};
const clientSecret = new Secret('s3cret');
const jwt = { method: 'private_key_jwt', algorithms: ['RS384', 'ES384'] };
const [basic, post, none] = ['client_secret_basic', 'client_secret_post', 'none'].map((method) => ({
  method,
}));

function choose(
  ways: readonly unknown[],
  given: object,
  server: { methods?: readonly string[]; algorithms?: readonly string[] } = {},
): string | undefined {
  const definition = changeDefinition(buildDefinition(), { 'auth.clientAuthentication': ways });
  const chosen = chooseMethod(
    {
      definition: definition as ConnectableDefinition,
      credentials: { clientID: 'client', settings: {}, ...given },
    },
    omitUndefined({
      authorization_endpoint: 'https://a.example.org/',
      token_endpoint: 'https://a.example.org/t',
      token_endpoint_auth_methods_supported: server.methods,
      token_endpoint_auth_signing_alg_values_supported: server.algorithms,
    }),
  );
  return chosen?.method === 'private_key_jwt' ? chosen.algorithm : chosen?.method;
}

describe('the way to authenticate', () => {
  const all = [jwt, basic, post, none];
  const both = { clientSecret, privateKey: keys.rsa };

  it('is the first of the definition for which there are credentials', () => {
    expect(choose(all, both)).toBe('RS384');
    expect(choose(all, { clientSecret })).toBe('client_secret_basic');
    expect(choose([post, basic], { clientSecret })).toBe('client_secret_post');
    expect(choose(all, {})).toBe('none');
    expect(choose([jwt, basic], {})).toBeUndefined();
  });

  it('shows the secret as the operator has chosen, where the vendor knows both ways', () => {
    const given = { clientSecret, secretMethod: 'client_secret_post' };
    expect(choose([basic, post, none], given)).toBe('client_secret_post');
    expect(choose([jwt, basic, post], { ...given, privateKey: keys.rsa })).toBe('RS384');
    expect(choose([basic, none], given)).toBe('client_secret_basic');
    expect(choose([basic, post], given, { methods: ['client_secret_basic'] })).toBe('client_secret_basic');
    expect(choose([post, basic], { clientSecret, secretMethod: 'client_secret_basic' })).toBe(
      'client_secret_basic',
    );
  });

  it('is one that the server takes', () => {
    expect(choose(all, both, { methods: ['client_secret_post'] })).toBe('client_secret_post');
    expect(choose(all, both, { methods: ['client_secret_basic', 'private_key_jwt'] })).toBe('RS384');
    expect(choose(all, both, { methods: ['tls_client_auth'] })).toBeUndefined();
    expect(choose(all, both, { methods: [] })).toBeUndefined();
    // In no server's list.
    expect(choose([{ method: 'client_secret_query' }], { clientSecret }, { methods: [] })).toBe(
      'client_secret_query',
    );
  });

  it('is none only where there is nothing else, whatever the server lists', () => {
    expect(choose(all, {}, { methods: ['private_key_jwt'] })).toBe('none');
    expect(choose([none], {}, { methods: ['client_secret_basic'] })).toBe('none');
    // A secret that only webhooks need is no way to authenticate here.
    expect(choose([none], { clientSecret })).toBe('none');
    expect(
      choose([jwt, none], { privateKey: keys.rsa }, { methods: ['client_secret_post'] }),
    ).toBeUndefined();
  });

  it('signs with what definition, server and key have in common', () => {
    const signing = (algorithms: readonly string[]) => [{ method: 'private_key_jwt', algorithms }];
    expect(choose(signing(['RS384', 'RS256']), { privateKey: keys.rsa })).toBe('RS384');
    expect(choose(signing(['RS384', 'RS256']), { privateKey: keys.rsa }, { algorithms: ['RS256'] })).toBe(
      'RS256',
    );
    expect(choose(signing(['RS384', 'ES384']), { privateKey: keys.p384 })).toBe('ES384');
    expect(choose(signing(['ES256']), { privateKey: keys.p256 })).toBe('ES256');
    expect(choose(signing(['ES384']), { privateKey: keys.p256 })).toBeUndefined();
    expect(choose(signing(['RS384']), { privateKey: keys.rsa }, { algorithms: ['ES384'] })).toBeUndefined();
    expect(choose([jwt, basic], both, { algorithms: ['ES384'] })).toBe('client_secret_basic');
  });
});
