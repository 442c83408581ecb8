import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { ErrorRule } from '../../src/definitions/shape/errors.ts';
import { findConflicts } from '../../src/definitions/mistakes/findConflicts.ts';
import { findMistakes } from '../../src/definitions/mistakes/findMistakes.ts';
import { judgeError, phases } from '../../src/definitions/judgeError.ts';
import { readDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { readCredentials } from '../../src/definitions/readCredentials.ts';
import { recogniseVendor } from '../../src/definitions/recogniseVendor.ts';
import { parseScopes, printScopes } from '../../src/definitions/scopes.ts';
import { keyKinds, settingNames } from '../../src/definitions/settingNames.ts';
import { writePath } from '../../src/definitions/writePath.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { systemClock } from '../../src/platform/time/clock.ts';

/** Runs over every file of src/providers/ unasked: whoever adds one is told here what is wrong with it. */
const definitions = await readDefinitions(providersFolder);

const verdicts = new Set([
  ...['unauthorized', 'token-refused', 'consent-missing', 'scope-missing', 'subscription-lapsed'],
  ...['no-data', 'rate-limited'],
  ...['retry-later', 'retired', 'operator-alarm', 'failed'],
]);
const oauthErrors = [
  ...['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type'],
  ...[
    'invalid_scope',
    'invalid_token',
    'insufficient_scope',
    'temporarily_unavailable',
    'unknown',
    undefined,
  ],
];
const statuses = Array.from({ length: 400 }, (_, index) => 200 + index);

describe('the definitions together', () => {
  it('are there, and do not contradict each other', () => {
    expect(definitions.size).toBeGreaterThan(0);
    expect(findConflicts(definitions)).toEqual([]);
  });
});

for (const definition of definitions.values())
  describe(definition.slug, () => {
    it('has no mistake', () => expect(findMistakes(definition, systemClock)).toEqual([]));

    it('is data, apart from named hooks', () => {
      expect(findWhatIsNoData(definition, '')).toEqual([]);
    });

    it('gives every failure a verdict', () => {
      const reached = phases.flatMap((phase) =>
        [undefined, ...statuses].flatMap((status) =>
          oauthErrors.map((error) =>
            judgeError(definition, phase, { ...(status === undefined ? {} : { status }), body: { error } }),
          ),
        ),
      );
      expect([...new Set(reached)].filter((verdict) => !verdicts.has(verdict))).toEqual([]);
    });

    it('never holds trouble or our credentials against a participant', () => {
      const answers = [
        {},
        ...[408, 429, 500, 502, 503, 504].map((status) => ({ status, body: { error: 'invalid_grant' } })),
        ...statuses
          .filter((status) => status >= 400 && status < 500)
          .flatMap((status) =>
            ['invalid_client', 'unauthorized_client'].map((error) => ({ status, body: { error } })),
          ),
      ];
      const blamed = phases.flatMap((phase) =>
        answers.filter(
          (answer) => judgeError(definition, phase, { ...answer, timesInARow: 99 }) === 'unauthorized',
        ),
      );
      expect(blamed).toEqual([]);
    });

    it('reaches each of its rules', () => {
      for (const rule of definition.errors) {
        const [phase = 'data'] = rule.phases ?? [];
        const answer = { ...provoke(rule), timesInARow: 1_000 };
        expect(judgeError(definition, phase, answer), JSON.stringify(rule)).toBe(rule.verdict);
      }
    });

    const { auth } = definition;
    if (auth.kind !== 'none') {
      it('reads back the scopes that it prints, whichever were granted', () => {
        const { keepPrefix = '', stripPrefix = '' } = auth.grantedScopes;
        const known = auth.scopes.map(({ name }) => name).filter((name) => name.startsWith(keepPrefix));
        const strange = fc
          .string({ unit: 'binary', minLength: 1, maxLength: 40 })
          .map((name) => keepPrefix + name)
          .filter((name) => !/[ ,]/.test(name) && (stripPrefix === '' || !name.startsWith(stripPrefix)));
        const name = known.length === 0 ? strange : fc.oneof(fc.constantFrom(...known), strange);
        fc.assert(
          fc.property(fc.array(name, { maxLength: 60 }), (granted) => {
            const printed = printScopes(granted, auth.scopeSeparator);
            expect(parseScopes(printed, auth)).toEqual([...new Set(granted)]);
            if (stripPrefix === '') return;
            const prefixed = printScopes(
              granted.map((one) => stripPrefix + one),
              auth.scopeSeparator,
            );
            expect(parseScopes(prefixed, auth)).toEqual([...new Set(granted)]);
          }),
          { numRuns: 50 },
        );
      });

      it('is set up by the names of the convention, and by no fewer', () => {
        const only = new Map([[definition.slug, definition]]);
        const settings = settingNames(definition);
        const environment = Object.fromEntries(settings.map((one) => [one.name, valueFor(definition, one)]));
        const credentials = readCredentials(only, environment).get(definition.slug);
        expect(credentials?.clientID).toBe(valueFor(definition, { part: 'CLIENT_ID', example: '' }));
        for (const { part, name } of settings) {
          const value = {
            ...credentials?.settings,
            CLIENT_ID: credentials?.clientID,
            CLIENT_SECRET: credentials?.clientSecret,
            PRIVATE_KEY: credentials?.privateKey,
            PRIVATE_KEY_NEXT: credentials?.nextPrivateKey,
            SECRET_METHOD: credentials?.secretMethod,
            REGION: credentials?.region,
          }[part];
          expect(typeof value === 'object' ? value.reveal() : value, name).toBe(environment[name]);
        }
        const isOver = ['retired', 'closed'].includes(definition.lifecycle?.state ?? '');
        for (const { name, needed } of settings) {
          if (needed !== 'always') continue;
          const { [name]: left, ...others } = environment;
          expect(left).toBeDefined();
          if (isOver || Object.keys(others).length === 0) expect(readCredentials(only, others).size).toBe(0);
          else expect(() => readCredentials(only, others)).toThrow(name);
        }
      });
    }

    if (definition.kind === 'vendor')
      it('is recognised by each of its marks, whatever the order of the files', () => {
        const { hosts = [], endpointPrefixes = [], publishers = [], everythingElse } = definition.recognises;
        const { category } = definition;
        const traits = [
          ...hosts.map((host) => ({ endpoint: `https://${host.replace('*', 'x9z')}/x`, category })),
          ...endpointPrefixes.map((prefix) => ({ endpoint: `${prefix}x`, category })),
          ...publishers.map((publisher) => ({
            endpoint: 'https://unknown.example.org/x',
            publisher,
            category,
          })),
          ...(everythingElse === true ? [{ endpoint: 'https://unknown.example.org/x', category }] : []),
        ];
        for (const order of [[...definitions.values()], [...definitions.values()].reverse()])
          for (const one of traits)
            expect(recogniseVendor(order, one), JSON.stringify(one)).toBe(definition.slug);
      });
  });

/** Paths of values that JSON cannot carry. */
function findWhatIsNoData(value: unknown, path: string): readonly string[] {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return [];
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value === 'function') return /\.(sign|verify)$/.test(path) ? [] : [path];
  if (typeof value !== 'object') return [path];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return [path];
  return Object.entries(value).flatMap(([name, part]) => findWhatIsNoData(part, `${path}.${name}`));
}

/** An answer that a rule is about. */
function provoke({ status, body, bodyNot }: ErrorRule) {
  let content: Record<string, unknown> = {};
  if (body !== undefined) content = writePath(content, body.path, body.in[0]);
  if (bodyNot !== undefined) content = writePath(content, bodyNot.path, 'something else');
  return { status: [status ?? (bodyNot === undefined ? 400 : 200)].flat()[0] ?? 400, body: content };
}

function valueFor(definition: NamedDefinition, { part, example }: { part: string; example: string }): string {
  if (part === 'CLIENT_ID') return 'client-1';
  if (part === 'SECRET_METHOD') return 'client_secret_post';
  if (part === 'REGION') return Object.keys(definition.regions?.values ?? {}).at(-1) ?? '';
  if (part.startsWith('PRIVATE_KEY')) return keys[keyKinds(definition)[0] ?? 'RSA'];
  return example.startsWith('https://') ? 'https://setting.example.org/x' : `value of ${part}`;
}

const pem = (pair: { privateKey: { export(options: object): string | Buffer } }) =>
  pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keys = {
  RSA: pem(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  'P-256': pem(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  'P-384': pem(generateKeyPairSync('ec', { namedCurve: 'P-384' })),
};
