import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildDefinition, changeDefinition } from '../../test/builders/definition.ts';
import { ConfigError } from '../platform/config/parseConfig.ts';
import { Secret } from '../platform/config/secret.ts';
import type { NamedDefinition } from './defineProvider.ts';
import { readCredentials } from './readCredentials.ts';
import { settingNames, settingPrefix } from './settingNames.ts';

const folder = mkdtempSync(join(tmpdir(), 'tributary-credentials-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rsa = (modulusLength: number) => pem(generateKeyPairSync('rsa', { modulusLength }).privateKey);
const curve = (namedCurve: string) => pem(generateKeyPairSync('ec', { namedCurve }).privateKey);
const pem = (key: { export(options: object): string | Buffer }) =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsaKey = rsa(2048);

const vendorWith = (...methods: object[]) => ({
  slug: 'iMeadow2',
  'auth.clientAuthentication': methods,
  'auth.revoke': { by: 'discovery' },
  'delivery.webhook.authentication': { by: 'secret-path' },
});
const signing = (...algorithms: string[]) => vendorWith({ method: 'private_key_jwt', algorithms });

function read(environment: Record<string, string>, ...changes: Readonly<Record<string, unknown>>[]) {
  const all = (changes.length === 0 ? [{}] : changes).map((change) =>
    changeDefinition(buildDefinition(), change),
  );
  return readCredentials(new Map(all.map((one): [string, NamedDefinition] => [one.slug, one])), environment);
}

function mistakesOf(...given: Parameters<typeof read>): readonly string[] {
  try {
    read(...given);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

const meadow = {
  TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID: 'id',
  TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET: 'hunter2',
};
const key = (value: string) => ({
  TRIBUTARY_PROVIDER_I_MEADOW_2_CLIENT_ID: 'id',
  TRIBUTARY_PROVIDER_I_MEADOW_2_PRIVATE_KEY: value,
});

describe('names of settings', () => {
  it.each([
    ['oura', 'OURA'],
    ['googleHealth', 'GOOGLE_HEALTH'],
    ['iHealth', 'I_HEALTH'],
    ['blueButton2', 'BLUE_BUTTON_2'],
    ['eClinicalWorks', 'E_CLINICAL_WORKS'],
    ['smartOnFhir', 'SMART_ON_FHIR'],
    ['v2api', 'V_2_API'],
    ['aFHIR10', 'A_F_H_I_R_10'],
  ])('%s is %s', (slug, words) => expect(settingPrefix(slug)).toBe(`TRIBUTARY_PROVIDER_${words}_`));

  it('are those that the definition needs', () => {
    const partsOf = (changes: Readonly<Record<string, unknown>>) =>
      settingNames(changeDefinition(buildDefinition(), changes)).map(
        ({ part, needed }) => `${part} ${needed}`,
      );
    expect(partsOf({})).toEqual(['CLIENT_ID always', 'CLIENT_SECRET always']);
    expect(partsOf({ auth: { kind: 'none' } })).toEqual([]);
    expect(partsOf(vendorWith({ method: 'none' }))).toEqual(['CLIENT_ID always']);
    expect(partsOf(vendorWith({ method: 'none' }, { method: 'client_secret_basic' }))).toEqual([
      'CLIENT_ID always',
      'CLIENT_SECRET never',
    ]);
    expect(partsOf(signing('RS384'))).toEqual([
      'CLIENT_ID always',
      'PRIVATE_KEY always',
      'PRIVATE_KEY_NEXT never',
    ]);
    expect(
      partsOf(
        vendorWith({ method: 'private_key_jwt', algorithms: ['RS384'] }, { method: 'client_secret_post' }),
      ),
    ).toEqual(['CLIENT_ID always', 'CLIENT_SECRET one-of', 'PRIVATE_KEY one-of', 'PRIVATE_KEY_NEXT never']);
    // A webhook that is signed with the secret needs it, whatever the token endpoint takes.
    const signed = buildDefinition().delivery;
    expect(partsOf({ ...signing('RS384'), delivery: signed })).toEqual([
      'CLIENT_ID always',
      'CLIENT_SECRET always',
      'PRIVATE_KEY always',
      'PRIVATE_KEY_NEXT never',
    ]);
    const more = {
      regions: { default: 'a', values: { a: { x: 'y' } } },
      settings: { KEY: { description: 'd', example: 'e', secret: true } },
    };
    expect(partsOf(more)).toEqual(['CLIENT_ID always', 'CLIENT_SECRET always', 'REGION never', 'KEY always']);
  });
});

describe('readCredentials', () => {
  it('gives what is set up and nothing of what is not', () => {
    expect(read({}).size).toBe(0);
    expect(read({ TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID: '' }).size).toBe(0);
    const credentials = read(meadow).get('meadow');
    expect(credentials).toMatchObject({ clientID: 'id', settings: {} });
    expect(credentials?.clientSecret?.reveal()).toBe('hunter2');
    expect(credentials).not.toHaveProperty('region');
    expect(credentials).not.toHaveProperty('privateKey');
    expect(JSON.stringify(credentials)).not.toContain('hunter2');
  });

  it('takes secrets and keys from files, and nothing else', () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'from a file\n');
    const id = { TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID: 'id' };
    const credentials = read({ ...id, TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET_FILE: file }).get('meadow');
    expect(credentials?.clientSecret?.reveal()).toBe('from a file');
    const keyFile = join(folder, 'key.pem');
    writeFileSync(keyFile, rsaKey);
    const signed = read(
      {
        TRIBUTARY_PROVIDER_I_MEADOW_2_CLIENT_ID: 'id',
        TRIBUTARY_PROVIDER_I_MEADOW_2_PRIVATE_KEY_FILE: keyFile,
      },
      signing('RS384'),
    );
    expect(signed.get('iMeadow2')?.privateKey?.reveal()).toBe(rsaKey.trimEnd());
    expect(mistakesOf({ ...meadow, TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID_FILE: file })).toEqual([
      'TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID_FILE is not a setting of any provider; did you mean TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID?',
    ]);
    expect(mistakesOf({ ...meadow, TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET_FILE: file })).toEqual([
      'TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET and TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET_FILE are both set; keep one',
    ]);
    expect(mistakesOf({ ...id, TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET_FILE: join(folder, 'none') })).toEqual(
      ['TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET_FILE names a file that cannot be read (ENOENT)'],
    );
    writeFileSync(file, '\n');
    expect(mistakesOf({ ...id, TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET_FILE: file })).toEqual([
      'TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET_FILE names an empty file',
    ]);
  });

  it('reads regions and settings of the definition', () => {
    const facts = {
      regions: { default: 'us', values: { us: { host: 'a' }, eu: { host: 'b' } } },
      settings: {
        KEY: { description: 'd', example: 'e', secret: true },
        A_URL: { description: 'd', example: 'https://a.example.org/x' },
      },
    };
    const environment = {
      ...meadow,
      TRIBUTARY_PROVIDER_MEADOW_KEY: 'k',
      TRIBUTARY_PROVIDER_MEADOW_A_URL: 'https://omron.example.org/token',
    };
    const credentials = read(environment, facts).get('meadow');
    expect(credentials?.region).toBe('us');
    expect(credentials?.settings.KEY).toBeInstanceOf(Secret);
    expect(credentials?.settings.A_URL).toBe('https://omron.example.org/token');
    const chosen = read({ ...environment, TRIBUTARY_PROVIDER_MEADOW_REGION: 'eu' }, facts);
    expect(chosen.get('meadow')?.region).toBe('eu');
    expect(mistakesOf({ ...environment, TRIBUTARY_PROVIDER_MEADOW_REGION: 'mars' }, facts)).toEqual([
      'TRIBUTARY_PROVIDER_MEADOW_REGION must be one of us, eu, not "mars"',
    ]);
    for (const address of [
      'http://a.example.org',
      'x',
      'https://u:p@a.example.org',
      'https://a.example.org/#x',
    ])
      expect(mistakesOf({ ...environment, TRIBUTARY_PROVIDER_MEADOW_A_URL: address }, facts)).toEqual([
        `TRIBUTARY_PROVIDER_MEADOW_A_URL must be an https address (example: https://a.example.org/x), not "${address}"`,
      ]);
  });

  it('refuses a provider that is set up in part, and names what is missing', () => {
    expect(mistakesOf({ TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID: 'id' })).toEqual([
      'Meadow is set up in part: TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET (or TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET_FILE) missing',
    ]);
    expect(mistakesOf({ TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET: 'x' })).toEqual([
      'Meadow is set up in part: TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID missing',
    ]);
    const either = vendorWith(
      { method: 'private_key_jwt', algorithms: ['RS384'] },
      { method: 'client_secret_post' },
    );
    expect(mistakesOf({ TRIBUTARY_PROVIDER_I_MEADOW_2_CLIENT_ID: 'id' }, either)).toEqual([
      expect.stringMatching(/set up in part: .*CLIENT_SECRET \(or .*\) or .*PRIVATE_KEY \(or .*\) missing/),
    ]);
    expect(read(key(rsaKey), either).size).toBe(1);
  });

  it('lets a provider that is over keep its credentials or lose them', () => {
    const retired = { lifecycle: { state: 'retired', on: '2026-01-01', message: 'x' } };
    expect(read(meadow, retired).size).toBe(1);
    expect(read({ TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID: 'id' }, retired).size).toBe(0);
  });

  it('refuses names that no provider has, with the nearest one', () => {
    expect(mistakesOf({ ...meadow, TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRT: 'hunter2' })).toEqual([
      'TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRT is not a setting of any provider; did you mean TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET?',
    ]);
    expect(mistakesOf({ TRIBUTARY_PROVIDER_ZZZ_CLIENT_ID: 'x' })).toEqual([
      'TRIBUTARY_PROVIDER_ZZZ_CLIENT_ID is not a setting of any provider',
    ]);
    expect(mistakesOf({ ...meadow, TRIBUTARY_PROVIDER_MEADOW_REGION: 'us' })).toHaveLength(1);
    expect(mistakesOf({ ...meadow, TRIBUTARY_PROVIDER_MEADOW_PRIVATE_KEY: rsaKey })).toHaveLength(1);
  });

  it('takes keys that fit the algorithms', () => {
    for (const [value, algorithm] of [
      [rsaKey, 'RS256'],
      [rsaKey, 'RS384'],
      [curve('P-256'), 'ES256'],
      [curve('P-384'), 'ES384'],
    ] as const)
      expect(read(key(value), signing(algorithm)).get('iMeadow2')?.privateKey?.reveal()).toBe(value);
  });

  const wrongKeys: readonly (readonly [string, string, RegExp])[] = [
    [rsa(1024), 'RS384', /must have at least 2048 bits, not 1024$/],
    [curve('P-256'), 'RS384', /must be a key that the provider takes: RSA$/],
    [curve('P-384'), 'ES256', /must be a key that the provider takes: P-256$/],
    [curve('secp256k1'), 'ES256', /must be a key that the provider takes/],
    [pem(generateKeyPairSync('ed25519').privateKey), 'ES384', /must be a key that the provider takes/],
    [
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs1', format: 'pem' })
        .toString(),
      'RS384',
      /must be one private key in PKCS#8 PEM/,
    ],
    [
      generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
      'ES256',
      /must be a key without a passphrase$/,
    ],
    [rsaKey + rsaKey, 'RS384', /must be one private key/],
    [rsaKey.replaceAll('\n', '\\n'), 'RS384', /damaged/],
    [rsaKey.slice(0, 200) + rsaKey.slice(230), 'RS384', /damaged/],
    ['hunter2', 'RS384', /must be one private key/],
  ];
  wrongKeys.forEach(([value, algorithm, mistake], index) =>
    it(`refuses a key that does not fit, and quotes nothing of it (${index + 1})`, () => {
      const mistakes = mistakesOf(key(value), signing(algorithm));
      expect(mistakes).toEqual([expect.stringMatching(/^TRIBUTARY_PROVIDER_I_MEADOW_2_PRIVATE_KEY /)]);
      expect(mistakes[0]).toMatch(mistake);
      expect(mistakes[0]).not.toContain(value.slice(30, 50) || 'hunter2');
    }),
  );

  it('refuses values that would break a header, and tells all mistakes at once', () => {
    expect(
      mistakesOf(
        {
          TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID: 'i d',
          TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET: 'hunter2\r\nx: y',
          TRIBUTARY_PROVIDER_I_MEADOW_2_CLIENT_ID: 'id',
          TRIBUTARY_PROVIDER_NOBODY: 'x',
        },
        {},
        signing('RS384'),
      ),
    ).toEqual([
      'TRIBUTARY_PROVIDER_MEADOW_CLIENT_ID must not hold white space, not "i d"',
      'TRIBUTARY_PROVIDER_MEADOW_CLIENT_SECRET must be one line of plain text',
      expect.stringMatching(/set up in part/),
      expect.stringMatching(/^TRIBUTARY_PROVIDER_NOBODY is not a setting/),
    ]);
  });
});
