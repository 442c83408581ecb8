import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { SmartAuth } from '../../definitions/shape/auth.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { nameAudience, nameScope, readProxy } from './smartOnFhir.ts';

const server = {
  authorization_endpoint: 'https://a.example.org/',
  token_endpoint: 'https://a.example.org/t',
};
const issuer = 'https://a.example.org';

describe('scopes of version 2', () => {
  const name = (scope: string, scopeVersion: 'v1' | 'v2', capabilities?: readonly string[]) =>
    nameScope(
      scope,
      { scopeVersion } as SmartAuth,
      omitUndefined({
        ...server,
        capabilities,
      }),
    );

  it('are asked for when the definition and the server know them', () => {
    expect(name('patient/*.read', 'v2', ['permission-v2'])).toBe('patient/*.rs');
    expect(name('patient/Observation.read', 'v2', ['permission-v2'])).toBe('patient/Observation.rs');
    expect(name('user/Location.read', 'v2', ['permission-v2'])).toBe('user/Location.rs');
    for (const scope of ['launch/patient', 'openid', 'offline_access', 'patient/*.rs', 'system/*.read'])
      expect(name(scope, 'v2', ['permission-v2'])).toBe(scope);
  });

  it('are not when one of them does not', () => {
    expect(name('patient/*.read', 'v2', ['permission-v1'])).toBe('patient/*.read');
    expect(name('patient/*.read', 'v2')).toBe('patient/*.read');
    expect(name('patient/*.read', 'v1', ['permission-v2'])).toBe('patient/*.read');
  });
});

it('names the FHIR server as the vendor wants it', () => {
  const fhirBase = 'https://f.example.org/r4';
  const at = (aud: SmartAuth['aud'], publishedBase?: string) =>
    nameAudience(
      { aud } as SmartAuth,
      omitUndefined({
        fhirBase,
        publishedBase,
      }),
    );
  expect(at('base')).toBe('https://f.example.org/r4');
  expect(at('base', 'https://F.example.org:443/r4/')).toBe('https://F.example.org:443/r4/');
  expect(at('base-without-slash')).toBe('https://f.example.org/r4');
  expect(at('base-without-slash', 'https://F.example.org:443/r4/')).toBe('https://F.example.org:443/r4');
  expect(at('omit', 'https://F.example.org:443/r4/')).toBeUndefined();
});

describe('who logged in', () => {
  const now = Date.parse('2026-05-04T03:02:01Z');
  const checks = { server: { ...server, issuer }, clientID: 'client', nonce: 'N0NCE', now };
  const good = {
    iss: issuer,
    aud: 'client',
    nonce: 'N0NCE',
    exp: now / 1_000 + 60,
    fhirUser: 'Patient/mary',
  };
  const read = (claims: object, more: object = {}) =>
    readProxy(new UnsecuredJWT({ ...good, ...claims }).encode(), 'mary', { ...checks, ...more });

  it.each([
    ['Patient/mary', false],
    ['https://f.example.org/r4/Patient/mary', false],
    ['Patient/ada', true],
    ['https://f.example.org/r4/Patient/ada', true],
    ['RelatedPerson/mary', true],
    ['https://f.example.org/r4/Practitioner/mary', true],
    ['https://f.example.org/xPatient/mary', true],
    ['mary', undefined],
    ['Patient/', undefined],
    ['Patient/mary?x=Patient/ada', undefined],
    ['', undefined],
    [7, undefined],
    [undefined, undefined],
  ])('as %s is somebody else: %s', (fhirUser, isProxy) => expect(read({ fhirUser })).toBe(isProxy));

  it.each([
    ['of another issuer', { iss: 'https://evil.example.net' }],
    ['without an issuer', { iss: undefined }],
    ['for another client', { aud: 'other' }],
    ['for several, without saying to whom it was given', { aud: ['client', 'other'] }],
    ['for several, given to another', { aud: ['client', 'other'], azp: 'other' }],
    ['of another journey', { nonce: 'other' }],
    ['of no journey', { nonce: undefined }],
    ['that has ended', { exp: now / 1_000 - 31 }],
    ['that never ends', { exp: undefined }],
    ['that ends in words', { exp: '9999999999' }],
  ])('is not believed to an ID token %s', (_what, claims) => expect(read(claims)).toBeUndefined());

  it('is believed with some tolerance for clocks, and to one of several audiences', () => {
    expect(read({ exp: now / 1_000 - 29 })).toBe(false);
    expect(read({ aud: ['client'] })).toBe(false);
    expect(read({ aud: ['client', 'other'], azp: 'client' })).toBe(false);
  });

  it('is not believed where nobody knows the issuer, or to what is no token', async () => {
    expect(read({}, { server })).toBeUndefined();
    for (const token of [undefined, null, 7, '', 'a.b', 'a.b.c', 'a.b.c.d.e'])
      expect(readProxy(token, 'mary', checks)).toBeUndefined();
    const signed = await new SignJWT(good).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));
    expect(readProxy(signed, 'mary', checks)).toBe(false);
  });
});
