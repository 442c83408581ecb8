import type { Static, TObject, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { readTextFileSync, UnusableFile } from '../intake/openRegularFile.ts';
import { Secret } from './secret.ts';

/** Every mistake of a configuration at once, one line each: name, what was expected, an example. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** How a setting is declared beyond its type: `secret` settings may also come from a file named by `NAME_FILE`. */
export interface SettingOptions {
  readonly description: string;
  readonly examples: readonly [string, ...string[]];
  readonly secret?: boolean;
}

/** Settings as they come out: secrets wrapped, everything else as its schema says. */
export type Parsed<Schema extends TObject, SecretName extends string> = {
  readonly [Name in keyof Static<Schema>]: Name extends SecretName
    ? Secret | Extract<Static<Schema>[Name], undefined>
    : Static<Schema>[Name];
};

/** The variables of a process, or those that a test makes up. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment into typed, frozen settings.
 *
 * Names with the given prefix that no setting has are refused, because a misspelt setting would otherwise be
 * silently ignored. An empty value counts as absent.
 *
 * @throws {ConfigError} with every mistake; nothing is half applied
 */
export function parseConfig<Schema extends TObject, SecretName extends string = never>(
  schema: Schema,
  environment: Environment,
  prefix: string,
): Parsed<Schema, SecretName> {
  const mistakes: string[] = [];
  const settings: Record<string, unknown> = {};
  const known = new Set<string>();

  for (const [name, property] of Object.entries(schema.properties as Record<string, TSchema>)) {
    const options = property as unknown as SettingOptions & { default?: unknown };
    known.add(name);
    if (options.secret === true) known.add(`${name}_FILE`);
    const text = readSetting(name, options, { environment, mistakes });
    if (text === undefined) {
      if (options.default !== undefined) settings[name] = options.default;
      continue;
    }
    const value = convert(property, text);
    if (!Value.Check(property, value)) {
      const given = options.secret === true ? '' : `, not ${JSON.stringify(text)}`;
      mistakes.push(
        `${name} must be ${describeExpectation(property)}${given} (example: ${name}=${options.examples[0]})`,
      );
      continue;
    }
    settings[name] = options.secret === true ? new Secret(text) : value;
  }
  for (const name of Object.keys(environment))
    if (name.startsWith(prefix) && !known.has(name))
      mistakes.push(`${name} is not a setting${nearestName(name, prefix, known)}`);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return Object.freeze(settings) as Parsed<Schema, SecretName>;
}

/**
 * The text of one setting; of a secret also from the file that `NAME_FILE` names. Undefined when it is absent, or
 * when it is not but nothing can be read, which is added to the mistakes.
 */
export function readSetting(
  name: string,
  options: { readonly secret?: boolean },
  { environment, mistakes }: { readonly environment: Environment; readonly mistakes: string[] },
): string | undefined {
  const direct = environment[name];
  const file = options.secret === true ? environment[`${name}_FILE`] : undefined;
  if (file === undefined || file === '') return direct === '' ? undefined : direct;
  if (direct !== undefined && direct !== '') {
    mistakes.push(`${name} and ${name}_FILE are both set; keep one`);
    return undefined;
  }
  try {
    return readTextFileSync(file).trimEnd();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    mistakes.push(
      error instanceof UnusableFile
        ? `${name}_FILE cannot be used: ${error.message}`
        : `${name}_FILE names a file that cannot be read${code === undefined ? '' : ` (${code})`}`,
    );
    return undefined;
  }
}

function convert(property: TSchema, text: string): unknown {
  const { type } = property as { type?: string };
  if (type === 'integer') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'array')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return text;
}

/** What a setting's schema allows, in words. */
export function describeExpectation(property: TSchema): string {
  const schema = property as {
    type?: string;
    minimum?: number;
    maximum?: number;
    enum?: string[];
    anyOf?: { const?: string }[];
  };
  if (schema.type === 'integer') {
    const { minimum, maximum } = schema;
    if (minimum !== undefined && maximum !== undefined) return `a whole number from ${minimum} to ${maximum}`;
    return minimum === undefined ? 'a whole number' : `a whole number of at least ${minimum}`;
  }
  if (schema.type === 'boolean') return '"true" or "false"';
  if (schema.type === 'array') return 'a comma-separated list';
  const allowed =
    schema.enum ?? schema.anyOf?.flatMap((option) => (option.const === undefined ? [] : [option.const]));
  return allowed === undefined ? 'text of the form shown' : `one of ${allowed.join(', ')}`;
}

/**
 * A question after the setting that begins most like the name, for the end of a sentence; empty when none does. A
 * slip of the pen is seldom in the first letters.
 */
export function nearestName(name: string, prefix: string, known: ReadonlySet<string>): string {
  const shared = (candidate: string) => {
    let length = 0;
    while (length < name.length && candidate[length] === name[length]) length++;
    return length;
  };
  const [best] = [...known].sort((left, right) => shared(right) - shared(left) || left.length - right.length);
  return best === undefined || shared(best) < prefix.length + 3 ? '' : `; did you mean ${best}?`;
}
