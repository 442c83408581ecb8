import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, inspect } from 'node:util';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, parseConfig, type Environment } from './parseConfig.ts';
import { Secret } from './secret.ts';

const description = 'For the test.';
const schema = Type.Object({
  APP_URL: Type.Optional(
    Type.String({
      pattern: '^postgres://',
      secret: true,
      description,
      examples: ['postgres://db.example.org/app'],
    }),
  ),
  APP_DIRECTORY: Type.String({ default: './var', description, examples: ['/var/lib/app'] }),
  APP_HOST: Type.Optional(Type.String({ description, examples: ['0.0.0.0'] })),
  APP_PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description, examples: ['8080'] }),
  APP_VERBOSE: Type.Boolean({ default: false, description, examples: ['true'] }),
  APP_PROXIES: Type.Array(Type.String({ pattern: '^[0-9.]+$' }), {
    default: ['127.0.0.1'],
    description,
    examples: ['127.0.0.1,10.0.0.1'],
  }),
  APP_LEVEL: Type.Union([Type.Literal('info'), Type.Literal('warn')], {
    default: 'info',
    description,
    examples: ['warn'],
  }),
});

const parse = (environment: Environment) =>
  parseConfig<typeof schema, 'APP_URL'>(schema, environment, 'APP_');

/** The mistakes that an environment is refused for. */
function mistakesOf(environment: Environment): readonly string[] {
  return refusalOf(environment).mistakes;
}

function refusalOf(environment: Environment): ConfigError {
  try {
    parse(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted');
}

describe('parseConfig', () => {
  it('gives the defaults, frozen, and leaves out what has none', () => {
    const settings = parse({});
    expect(settings).toEqual({
      APP_DIRECTORY: './var',
      APP_PORT: 8080,
      APP_VERBOSE: false,
      APP_PROXIES: ['127.0.0.1'],
      APP_LEVEL: 'info',
    });
    expect('APP_HOST' in settings).toBe(false);
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('leaves alone what does not begin with the prefix', () => {
    expect(parse({ PATH: '/bin', MY_APP_PORT: '1' }).APP_PORT).toBe(8080);
  });

  it.each([
    ['0', 0],
    ['65535', 65535],
    ['0080', 80],
  ])('takes the whole number %s', (text, value) => {
    expect(parse({ APP_PORT: text }).APP_PORT).toBe(value);
  });

  it.each(['-1', '65536', '1.5', '80a', ' 80', '0x50', '1e3', '99999999999999999999'])(
    'refuses the whole number "%s"',
    (text) => {
      expect(mistakesOf({ APP_PORT: text })).toEqual([
        `APP_PORT must be a whole number from 0 to 65535, not "${text}" (example: APP_PORT=8080)`,
      ]);
    },
  );

  it('takes true and false and no other word', () => {
    expect(parse({ APP_VERBOSE: 'true' }).APP_VERBOSE).toBe(true);
    expect(parse({ APP_VERBOSE: 'false' }).APP_VERBOSE).toBe(false);
    for (const text of ['yes', '1', 'TRUE'])
      expect(mistakesOf({ APP_VERBOSE: text })).toEqual([
        `APP_VERBOSE must be "true" or "false", not "${text}" (example: APP_VERBOSE=true)`,
      ]);
  });

  it('splits a list at its commas and drops the space around items, and empty ones', () => {
    expect(parse({ APP_PROXIES: ' 10.0.0.1, 10.0.0.2 ,,' }).APP_PROXIES).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(parse({ APP_PROXIES: ',' }).APP_PROXIES).toEqual([]);
    expect(mistakesOf({ APP_PROXIES: '10.0.0.1,here' })).toEqual([
      'APP_PROXIES must be a comma-separated list, not "10.0.0.1,here" (example: APP_PROXIES=127.0.0.1,10.0.0.1)',
    ]);
  });

  it('takes one of the words of an enumeration', () => {
    expect(parse({ APP_LEVEL: 'warn' }).APP_LEVEL).toBe('warn');
    expect(mistakesOf({ APP_LEVEL: 'WARN' })).toEqual([
      'APP_LEVEL must be one of info, warn, not "WARN" (example: APP_LEVEL=warn)',
    ]);
  });

  it('refuses a name that no setting has, with the likely one where there is one', () => {
    expect(mistakesOf({ APP_COLOUR: '80' })).toEqual(['APP_COLOUR is not a setting']);
    expect(mistakesOf({ APP_PORTS: '80' })).toEqual(['APP_PORTS is not a setting; did you mean APP_PORT?']);
    expect(mistakesOf({ APP_PROXY: '' })).toEqual(['APP_PROXY is not a setting; did you mean APP_PROXIES?']);
    // Only secrets come from files.
    expect(mistakesOf({ APP_PORT_FILE: '/x' })).toEqual([
      'APP_PORT_FILE is not a setting; did you mean APP_PORT?',
    ]);
  });

  it('tells all mistakes at once, one line each', () => {
    const error = refusalOf({ APP_PORT: 'a', APP_LEVEL: 'b', APP_VERBOSE: 'true', APP_DIRECTORYS: 'c' });
    expect(error.mistakes.map((line) => line.split(' ', 1)[0])).toEqual([
      'APP_PORT',
      'APP_LEVEL',
      'APP_DIRECTORYS',
    ]);
    expect(error.message.split('\n')).toEqual([
      'The configuration has 3 mistakes:',
      ...error.mistakes.map((line) => `  ${line}`),
    ]);
  });

  it('counts an empty value as absent', () => {
    const names = [...Object.keys(schema.properties), 'APP_URL_FILE'];
    expect(parse(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(parse({}));
  });
});

describe('secrets', () => {
  const value = 'postgres://user:hunter2@db.example.org/app';
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tributary-config-'));
    file = join(folder, 'url');
    writeFileSync(file, `${value}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('come from the environment or from a file, without its last line break', () => {
    expect(parse({ APP_URL: value }).APP_URL?.reveal()).toBe(value);
    expect(parse({ APP_URL_FILE: file }).APP_URL?.reveal()).toBe(value);
    expect(parse({ APP_URL: '', APP_URL_FILE: file }).APP_URL?.reveal()).toBe(value);
    expect(parse({ APP_URL: value, APP_URL_FILE: '' }).APP_URL?.reveal()).toBe(value);
  });

  it('are refused when given both ways, even alike', () => {
    expect(mistakesOf({ APP_URL: value, APP_URL_FILE: file })).toEqual([
      'APP_URL and APP_URL_FILE are both set; keep one',
    ]);
  });

  it('are refused when the file cannot be read', () => {
    expect(mistakesOf({ APP_URL_FILE: join(folder, 'none') })).toEqual([
      'APP_URL_FILE names a file that cannot be read (ENOENT)',
    ]);
    expect(mistakesOf({ APP_URL_FILE: folder })).toEqual([
      expect.stringMatching(/^APP_URL_FILE cannot be used: .* is not a regular file/),
    ]);
  });

  it('are refused when the file is a pipe, which nobody may ever write to', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(mistakesOf({ APP_URL_FILE: pipe })).toEqual([
      expect.stringMatching(/^APP_URL_FILE cannot be used: .* is not a regular file/),
    ]);
  });

  it('are what an editor of Windows saved: without its mark and line end, and refused in its other encoding', () => {
    const marked = join(folder, 'marked');
    writeFileSync(marked, `\ufeff${value}\r\n`);
    expect(parse({ APP_URL_FILE: marked }).APP_URL?.reveal()).toBe(value);
    writeFileSync(marked, Buffer.from(`\ufeff${value}`, 'utf16le'));
    expect(mistakesOf({ APP_URL_FILE: marked })).toEqual([
      expect.stringMatching(/^APP_URL_FILE cannot be used: .* is not text in UTF-8/),
    ]);
  });

  it('are never printed', () => {
    const settings = parse({ APP_URL: value });
    const secret = settings.APP_URL!;
    expect(secret).toBeInstanceOf(Secret);
    for (const holder of [secret, settings, { deep: [{ settings }] }]) {
      expect(JSON.stringify(holder)).toContain('[secret]');
      expect(JSON.stringify(holder)).not.toContain('hunter2');
      for (const options of [{ depth: null }, { depth: null, showHidden: true }, { customInspect: false }])
        expect(inspect(holder, options)).not.toContain('hunter2');
      expect(inspect(holder, { depth: null })).toContain('[secret]');
      expect(format('%s %o %O %j', holder, holder, holder, holder)).not.toContain('hunter2');
    }
    expect(String(secret)).toBe('[secret]');
    // eslint-disable-next-line @typescript-eslint/restrict-template-expressions, @typescript-eslint/restrict-plus-operands -- the accidents this is about
    expect(`${secret}${'' + secret}`).toBe('[secret][secret]');
    expect(Object.values(secret)).toEqual([]);
    expect(JSON.stringify(structuredClone(secret))).not.toContain('hunter2');
  });

  it('are not in the error that refuses them', () => {
    writeFileSync(join(folder, 'malformed'), 'mysql://hunter2\n');
    for (const environment of [
      { APP_URL: 'mysql://hunter2' },
      { APP_URL_FILE: join(folder, 'malformed') },
      { APP_URL: 'mysql://hunter2', APP_URL_FILE: join(folder, 'malformed') },
    ]) {
      const error = refusalOf(environment);
      expect(error.mistakes).toHaveLength(1);
      for (const text of [
        error.message,
        String(error),
        error.stack,
        inspect(error, { depth: null, showHidden: true }),
        JSON.stringify(error),
      ])
        expect(text).not.toContain('hunter2');
    }
    expect(mistakesOf({ APP_URL: 'mysql://hunter2' })).toEqual([
      'APP_URL must be text of the form shown (example: APP_URL=postgres://db.example.org/app)',
    ]);
  });
});
