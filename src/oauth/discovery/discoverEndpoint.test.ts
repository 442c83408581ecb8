import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  ProviderAnswer,
  ProviderFetch,
  ProviderRequest,
} from '../../platform/outbound/providerFetch.ts';
import { discoverEndpoint } from './discoverEndpoint.ts';
import { readSmartConfiguration } from './smartConfiguration.ts';

const base = 'https://fhir.example.org/r4';
const whole = {
  issuer: 'https://auth.example.org',
  jwks_uri: 'https://auth.example.org/keys',
  authorization_endpoint: 'https://auth.example.org/authorize',
  token_endpoint: 'https://auth.example.org/token',
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['RS384'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  registration_endpoint: 'https://auth.example.org/register',
  scopes_supported: ['openid', 'patient/*.rs'],
  response_types_supported: ['code'],
  management_endpoint: 'https://auth.example.org/manage',
  introspection_endpoint: 'https://auth.example.org/introspect',
  revocation_endpoint: 'https://auth.example.org/revoke',
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  capabilities: [
    'launch-standalone',
    'context-standalone-patient',
    'permission-patient',
    'permission-offline',
    'permission-v2',
    'client-confidential-asymmetric',
  ],
  user_access_brand_bundle: 'https://example.org/brands.json',
  user_access_brand_identifier: 'https://example.org',
  associated_endpoints: [{ url: 'https://fhir.example.org/dstu2', capabilities: ['permission-v1'] }],
};

function read(changes: Record<string, unknown>) {
  const value = Object.fromEntries(
    Object.entries<unknown>({ ...whole, ...changes }).filter(([, one]) => one !== undefined),
  );
  return readSmartConfiguration(value, base);
}

function answering(answer: ProviderAnswer, seen: ProviderRequest[] = []): ProviderFetch {
  const fetch = (request: ProviderRequest) => {
    seen.push(request);
    return Promise.resolve(answer);
  };
  return Object.assign(fetch, { close: () => Promise.resolve() });
}

const answered = (status: number, body: string, headers: Record<string, string> = {}): ProviderAnswer => ({
  outcome: 'answered',
  status,
  headers,
  body: Buffer.from(body),
  url: base,
});

describe('discoverEndpoint', () => {
  it('reads the configuration below the FHIR base, with or without a slash at its end', async () => {
    const seen: ProviderRequest[] = [];
    const fetch = answering(answered(200, JSON.stringify(whole), { etag: 'W/"7"' }), seen);
    for (const from of [base, `${base}/`])
      expect(await discoverEndpoint(fetch, from)).toEqual({
        outcome: 'found',
        configuration: whole,
        missing: [],
        ignored: [],
        etag: 'W/"7"',
      });
    for (const { url, bytesMax } of seen) {
      expect(url).toBe(`${base}/.well-known/smart-configuration`);
      expect(bytesMax).toBeLessThanOrEqual(256_000);
    }
  });

  it('tells servers without a configuration from those with a useless one', async () => {
    expect(await discoverEndpoint(answering(answered(404, '')), base)).toEqual({
      outcome: 'not-published',
      status: 404,
    });
    for (const body of ['', '<html>', '[]', 'null', '"x"'])
      expect(await discoverEndpoint(answering(answered(200, body)), base)).toEqual({
        outcome: 'unusable',
        mistakes: ['the answer is not a JSON object'],
      });
  });

  it('asks whether anything changed, and takes a 304 for nothing else', async () => {
    const seen: ProviderRequest[] = [];
    const unchanged = answering(answered(304, ''), seen);
    expect(await discoverEndpoint(unchanged, base, { etag: '"7"' })).toEqual({ outcome: 'unchanged' });
    expect(seen[0]?.headers).toEqual({ 'if-none-match': '"7"' });
    expect(await discoverEndpoint(unchanged, base)).toEqual({ outcome: 'not-published', status: 304 });
  });

  it('follows redirects within the server, and none to another', async () => {
    const seen: string[] = [];
    const leading = (locations: readonly string[]) =>
      Object.assign(
        ({ url }: ProviderRequest) => {
          const location = locations[seen.length];
          seen.push(url);
          return Promise.resolve(
            location === undefined ? answered(200, JSON.stringify(whole)) : answered(302, '', { location }),
          );
        },
        { close: () => Promise.resolve() },
      );
    const outcomeOf = async (...locations: readonly string[]) => {
      seen.length = 0;
      return (await discoverEndpoint(leading(locations), base)).outcome;
    };
    expect(await outcomeOf('/elsewhere', 'https://fhir.example.org/there')).toBe('found');
    expect(seen.slice(1)).toEqual(['https://fhir.example.org/elsewhere', 'https://fhir.example.org/there']);
    for (const foreign of [
      'https://evil.example.net/',
      'https://auth.example.org/',
      'http://fhir.example.org/',
      'https://fhir.example.org:444/',
      '//evil.example.net/',
    ]) {
      expect(await outcomeOf(foreign), foreign).toBe('redirected-elsewhere');
      expect(seen).toHaveLength(1);
    }
    expect(await outcomeOf('/a', '/b', '/c', '/d')).toBe('not-published');
    expect(seen).toHaveLength(4);
    expect(await outcomeOf('https://[')).toBe('not-published');
  });

  it('passes on why there was no answer', async () => {
    const failures = [
      { outcome: 'timed-out' },
      { outcome: 'unreachable', reason: 'certificate' },
      { outcome: 'refused-address', reason: 'not-public' },
      { outcome: 'too-large' },
    ] as const;
    for (const failure of failures)
      expect(await discoverEndpoint(answering({ ...failure, mayHaveArrived: false }), base)).toMatchObject(
        failure,
      );
  });
});

describe('readSmartConfiguration', () => {
  it.each([
    [{ authorization_endpoint: undefined }, ['authorization_endpoint is missing']],
    [{ token_endpoint: null }, ['token_endpoint is missing']],
    [{ token_endpoint: 'http://auth.example.org/token' }, ['token_endpoint is not https']],
    [{ token_endpoint: 'javascript:alert(1)' }, ['token_endpoint is not https']],
    [{ token_endpoint: 'ftp://auth.example.org/' }, ['token_endpoint is not https']],
    [{ token_endpoint: 'https://a:b@auth.example.org/' }, ['token_endpoint holds credentials']],
    [{ token_endpoint: 'https://auth.example.org/#a' }, ['token_endpoint has a fragment']],
    [{ token_endpoint: 'https://[' }, ['token_endpoint is not an address']],
    [{ token_endpoint: 7 }, ['token_endpoint is not an address']],
    [{ token_endpoint: ['https://auth.example.org'] }, ['token_endpoint is not an address']],
    [{ token_endpoint: `https://a.example.org/${'x'.repeat(2_000)}` }, ['token_endpoint is not an address']],
    [
      { token_endpoint: 'https://169.254.169.254/' },
      ['token_endpoint names a host that is not on the public internet'],
    ],
    [
      { token_endpoint: 'https://[::1]/' },
      ['token_endpoint names a host that is not on the public internet'],
    ],
    [
      { token_endpoint: 'https://2130706433/' },
      ['token_endpoint names a host that is not on the public internet'],
    ],
    [
      { token_endpoint: 'https://localhost/' },
      ['token_endpoint names a host that is not on the public internet'],
    ],
  ])('refuses %j', (changes, mistakes) => expect(read(changes)).toEqual({ mistakes }));

  it('resolves relative addresses against the FHIR base', () => {
    expect(read({ token_endpoint: 'oauth/token', authorization_endpoint: '/oauth/authorize' })).toMatchObject(
      {
        configuration: {
          token_endpoint: 'https://fhir.example.org/r4/oauth/token',
          authorization_endpoint: 'https://fhir.example.org/oauth/authorize',
        },
      },
    );
  });

  it.each([
    [
      { revocation_endpoint: 'http://a.example.org/' },
      'revocation_endpoint',
      'revocation_endpoint is not https',
    ],
    [{ jwks_uri: {} }, 'jwks_uri', 'jwks_uri is not an address'],
    [{ capabilities: 'all' }, 'capabilities', 'capabilities is not a list of short texts'],
    [{ scopes_supported: ['a', 7] }, 'scopes_supported', 'scopes_supported is not a list of short texts'],
    [
      { scopes_supported: Array(2_001).fill('a') },
      'scopes_supported',
      'scopes_supported is not a list of short texts',
    ],
    [
      { user_access_brand_identifier: 7 },
      'user_access_brand_identifier',
      'user_access_brand_identifier is not an identifier',
    ],
    [
      { associated_endpoints: [{ url: 'http://x' }, null, 7] },
      'associated_endpoints',
      'associated_endpoints has entries that are not endpoints',
    ],
    [
      { associated_endpoints: 'x' },
      'associated_endpoints',
      'associated_endpoints has entries that are not endpoints',
    ],
    [
      { authorization_response_iss_parameter_supported: 'yes' },
      'authorization_response_iss_parameter_supported',
      'authorization_response_iss_parameter_supported is not true or false',
    ],
    // What a database cannot keep.
    [{ capabilities: ['a\0'] }, 'capabilities', 'capabilities is not a list of short texts'],
    [{ issuer: 'https://auth.example.org/\0' }, 'issuer', 'issuer is not an address'],
  ])('leaves out %j and says so', (changes, name, remark) => {
    const reading = read(changes);
    expect(reading).toMatchObject({ ignored: [remark] });
    expect('configuration' in reading && reading.configuration).not.toHaveProperty(name);
  });

  it('keeps nothing that the standard does not name', () => {
    const reading = read({ surprise: 'x', __proto__: { token_endpoint: 'https://evil.example.org' } });
    expect('configuration' in reading && reading.configuration).toEqual(whole);
  });

  it('names what a connection needs and the server does not announce', () => {
    expect(read({ code_challenge_methods_supported: ['plain'] })).toMatchObject({ missing: ['S256'] });
    expect(read({ code_challenge_methods_supported: undefined })).toMatchObject({ missing: ['S256'] });
    expect(read({ capabilities: undefined })).toMatchObject({ missing: ['capabilities'] });
    expect(read({ capabilities: ['launch-ehr'] })).toMatchObject({
      missing: [
        'launch-standalone',
        'context-standalone-patient',
        'permission-patient',
        'permission-offline',
        'permission-v1 or permission-v2',
        'client-public or client-confidential',
      ],
    });
  });

  it('takes any JSON without an exception, and lets no address through that is not https', () => {
    const names = fc.constantFrom(...Object.keys(whole), '__proto__', 'x');
    const values = fc.oneof(fc.jsonValue(), fc.webUrl(), fc.constantFrom(...Object.values(whole)));
    fc.assert(
      fc.property(fc.dictionary(names, values as fc.Arbitrary<unknown>), (value) => {
        const reading = readSmartConfiguration(value, base);
        if ('mistakes' in reading) return reading.mistakes.length > 0;
        const { authorization_endpoint: authorize, token_endpoint: token } = reading.configuration;
        return [authorize, token].every((address) => address.startsWith('https://'));
      }),
      { numRuns: 1_000 },
    );
  });
});
