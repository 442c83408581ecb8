import { describe, expect, it } from 'vitest';
import { readOAuthUris } from './capabilityStatement.ts';

const url = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';
const uri = (name: string, valueUri: unknown) => ({ url: name, valueUri });
const whole = {
  resourceType: 'CapabilityStatement',
  rest: [
    { mode: 'client' },
    {
      mode: 'server',
      security: {
        extension: [
          { url: 'http://example.org/other', extension: [uri('authorize', 'https://evil.example.net/')] },
          {
            url,
            extension: [
              uri('authorize', 'https://a.example.org/authorize'),
              uri('token', 'https://a.example.org/token'),
              uri('revoke', 'https://a.example.org/revoke'),
              uri('introspect', 'https://a.example.org/introspect'),
              uri('manage', 'https://a.example.org/manage'),
              uri('register', 'https://a.example.org/register'),
              uri('constructor', 'https://evil.example.net/'),
            ],
          },
        ],
      },
    },
  ],
};

describe('the OAuth addresses of a capability statement', () => {
  it.each(['valueUri', 'valueUrl', 'valueString', 'valueCanonical'])('are read from %s', (kind) => {
    const extension = [
      { url: 'authorize', [kind]: 'https://fhir.rill.example/authorize' },
      { url: 'token', [kind]: 'https://fhir.rill.example/token' },
    ];
    const statement = { rest: [{ security: { extension: [{ url, extension }] } }] };
    expect(readOAuthUris(statement)).toEqual({
      authorization_endpoint: 'https://fhir.rill.example/authorize',
      token_endpoint: 'https://fhir.rill.example/token',
    });
  });

  it('get the names that they have in a configuration', () => {
    expect(readOAuthUris(whole)).toEqual({
      authorization_endpoint: 'https://a.example.org/authorize',
      token_endpoint: 'https://a.example.org/token',
      revocation_endpoint: 'https://a.example.org/revoke',
      introspection_endpoint: 'https://a.example.org/introspect',
      management_endpoint: 'https://a.example.org/manage',
      registration_endpoint: 'https://a.example.org/register',
    });
  });

  it('are not there in anything else', () => {
    for (const value of [
      undefined,
      null,
      [],
      'x',
      {},
      { rest: {} },
      { rest: [null, { security: { extension: [null, 7, { url: 'x' }] } }] },
    ])
      expect(readOAuthUris(value)).toBeUndefined();
    expect(readOAuthUris({ rest: [{ security: { extension: [{ url }] } }] })).toEqual({});
  });
});
