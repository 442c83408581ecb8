import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Credentials } from '../definitions/credentials.ts';
import { loadDefinitions } from '../definitions/loadDefinitions.ts';
import { readCredentials } from '../definitions/readCredentials.ts';
import { keyKinds, settingNames } from '../definitions/settingNames.ts';
import { Secret } from '../platform/config/secret.ts';
import { systemRandom } from '../platform/random/random.ts';
import { createSeededRandom } from '../platform/random/seededRandom.ts';
import { withSandbox } from './sandboxCatalogue.ts';
import { createSandboxCredentials } from './sandboxCredentials.ts';

const definitions = await loadDefinitions(join(import.meta.dirname, '../providers'));
const credentials = createSandboxCredentials(definitions, systemRandom);

function plain(value: string | Secret | undefined): string | undefined {
  return value instanceof Secret ? value.reveal() : value;
}

function valuesOf({
  clientID,
  clientSecret,
  privateKey,
  region,
  settings,
}: Credentials): Record<string, string | undefined> {
  const own = Object.entries(settings).map(([name, value]) => [name, plain(value)]);
  return {
    CLIENT_ID: clientID,
    CLIENT_SECRET: plain(clientSecret),
    PRIVATE_KEY: plain(privateKey),
    REGION: region,
    ...(Object.fromEntries(own) as Record<string, string>),
  };
}

describe('credentials of the sandbox', () => {
  it('are what the service would take from its environment for every provider that can be connected', () => {
    const environment: Record<string, string> = {};
    for (const [slug, given] of credentials)
      for (const { name, part } of settingNames(definitions.get(slug)!)) {
        const value = valuesOf(given)[part];
        if (value !== undefined) environment[name] = value;
      }
    const read = readCredentials(definitions, environment);
    expect([...read.keys()]).toEqual([...credentials.keys()]);
    for (const [slug, given] of credentials) expect(valuesOf(read.get(slug)!)).toEqual(valuesOf(given));
    expect([...definitions.values()].filter(({ auth }) => auth.kind !== 'none')).toHaveLength(
      credentials.size,
    );
  });

  it('have a key of a kind that the vendor takes, one for all of them', () => {
    const keys = new Set<string>();
    for (const [slug, { privateKey }] of credentials) {
      const kinds = keyKinds(definitions.get(slug)!);
      expect(privateKey !== undefined).toBe(kinds.length > 0);
      if (privateKey === undefined) continue;
      keys.add(privateKey.reveal());
      expect(kinds).toContain('RSA');
      expect(createPrivateKey(privateKey.reveal()).asymmetricKeyType).toBe('rsa');
    }
    expect(keys.size).toBe(1);
  });

  it('have secrets of their own, which chance decides', () => {
    const secrets = [...credentials.values()].flatMap(({ clientSecret }) => plain(clientSecret) ?? []);
    expect(new Set(secrets).size).toBe(secrets.length);
    const again = (seed: string) =>
      plain(createSandboxCredentials(definitions, createSeededRandom(seed)).get('oura')!.clientSecret);
    expect(again('a')).toBe(again('a'));
    expect(again('a')).not.toBe(again('b'));
  });
});

describe('a catalogue with a sandbox', () => {
  it('lets real credentials win, and names those that are played', () => {
    const real: Credentials = { clientID: 'real', settings: {} };
    const { catalogue, played } = withSandbox(
      { definitions, credentials: new Map([['oura', real]]) },
      credentials,
    );
    expect(catalogue.credentials.get('oura')).toBe(real);
    expect(played.has('oura')).toBe(false);
    expect(catalogue.credentials.get('strava')).toBe(credentials.get('strava'));
    expect(played.has('strava')).toBe(true);
    expect(played.size).toBe(credentials.size - 1);
    expect(catalogue.credentials.has('libreView')).toBe(false);
    expect([...catalogue.credentials.keys()]).toEqual(
      [...definitions.keys()].filter((slug) => catalogue.credentials.has(slug)),
    );
  });

  it('plays nobody whom it does not know', () => {
    const { catalogue, played } = withSandbox(
      { definitions: new Map(), credentials: new Map() },
      credentials,
    );
    expect([catalogue.credentials.size, played.size]).toEqual([0, 0]);
  });
});
