import { ConfigError, nearestName, readSetting, type Environment } from '../platform/config/parseConfig.ts';
import { Secret } from '../platform/config/secret.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { Credentials } from './credentials.ts';
import type { NamedDefinition } from './defineProvider.ts';
import { refusePrivateKey } from './privateKey.ts';
import { keyKinds, providerSettingPrefix, settingNames, type ProviderSettingName } from './settingNames.ts';

/**
 * The credentials of all providers that are set up, by slug in the order of the definitions.
 *
 * Settings are named by convention ({@link settingNames}); secrets may come from a file named by `NAME_FILE`. A
 * provider without any of its settings is not set up. One that has some of them but not all is a mistake, as is a
 * name that no provider has. A provider that is over may keep its credentials or lose them.
 *
 * @throws {ConfigError} with every mistake
 */
export function readCredentials(
  definitions: ReadonlyMap<string, NamedDefinition>,
  environment: Environment,
): ReadonlyMap<string, Credentials> {
  const mistakes: string[] = [];
  const credentials = new Map<string, Credentials>();
  const known = new Set<string>();
  for (const definition of definitions.values()) {
    const names = settingNames(definition);
    for (const { name, secret } of names) known.add(name).add(secret ? `${name}_FILE` : name);
    const values = readValues(names, environment, mistakes);
    if (values === undefined) continue;
    const missing = findMissing(names, values);
    if (missing.length === 0) {
      checkValues(definition, values, mistakes);
      credentials.set(definition.slug, assemble(definition, values));
    } else if (!isOver(definition))
      mistakes.push(`${definition.name} is set up in part: ${missing.join(' and ')} missing`);
  }
  for (const name of Object.keys(environment))
    if (name.startsWith(providerSettingPrefix) && !known.has(name))
      mistakes.push(
        `${name} is not a setting of any provider${nearestName(name, providerSettingPrefix, known)}`,
      );
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return credentials;
}

/** Names of the settings without which a provider is not complete; alternatives as `A or B`. */
export function findMissing(
  names: readonly ProviderSettingName[],
  values: ReadonlyMap<string, string>,
): readonly string[] {
  const shown = ({ name, secret }: ProviderSettingName) => (secret ? `${name} (or ${name}_FILE)` : name);
  const absent = names.filter(({ needed, part }) => needed === 'always' && !values.has(part)).map(shown);
  const alternatives = names.filter(({ needed }) => needed === 'one-of');
  return alternatives.length === 0 || alternatives.some(({ part }) => values.has(part))
    ? absent
    : [...absent, alternatives.map(shown).join(' or ')];
}

/** The values by part of the name, or undefined when none of them is set. */
function readValues(
  names: readonly ProviderSettingName[],
  environment: Environment,
  mistakes: string[],
): ReadonlyMap<string, string> | undefined {
  const values = new Map<string, string>();
  let isMentioned = false;
  for (const { name, part, secret } of names) {
    const before = mistakes.length;
    const text = readSetting(name, { secret }, { environment, mistakes });
    if (text === '') mistakes.push(`${name}_FILE names an empty file`);
    if (text !== undefined) values.set(part, text);
    isMentioned ||= text !== undefined || mistakes.length > before;
    // Its mistake is told; that it is missing as well would be said of the same setting twice.
    if (mistakes.length > before) values.set(part, '');
  }
  return isMentioned ? values : undefined;
}

function isOver({ lifecycle }: NamedDefinition): boolean {
  return lifecycle?.state === 'retired' || lifecycle?.state === 'closed';
}

function checkValues(
  definition: NamedDefinition,
  values: ReadonlyMap<string, string>,
  mistakes: string[],
): void {
  for (const { name, part, secret, example } of settingNames(definition)) {
    const value = values.get(part);
    if (value === undefined || value === '') continue;
    const refusal = refuse(definition, part, { value, example });
    if (refusal !== undefined)
      mistakes.push(`${name} ${refusal}${secret ? '' : `, not ${JSON.stringify(value)}`}`);
  }
}

function refuse(
  definition: NamedDefinition,
  part: string,
  { value, example }: { readonly value: string; readonly example: string },
): string | undefined {
  if (part === 'PRIVATE_KEY' || part === 'PRIVATE_KEY_NEXT')
    return refusePrivateKey(value, keyKinds(definition));
  const regions = Object.keys(definition.regions?.values ?? {});
  if (part === 'SECRET_METHOD')
    return (secretMethods as readonly string[]).includes(value)
      ? undefined
      : `must be one of ${secretMethods.join(', ')}`;
  if (part === 'REGION') return regions.includes(value) ? undefined : `must be one of ${regions.join(', ')}`;
  if (example.startsWith('https://'))
    return isAddress(value) ? undefined : `must be an https address (example: ${example})`;
  if (part === 'CLIENT_ID' && /\s/.test(value)) return 'must not hold white space';
  // eslint-disable-next-line no-control-regex -- what a value must not hold, because it may stand in a header
  if (!example.startsWith('{') && /[\u0000-\u001f\u007f]/.test(value))
    return 'must be one line of plain text';
  return undefined;
}

const secretMethods = ['client_secret_basic', 'client_secret_post'] as const;

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '';
}

function assemble(definition: NamedDefinition, values: ReadonlyMap<string, string>): Credentials {
  const secretOf = (part: string) => {
    const value = values.get(part);
    return value === undefined ? undefined : new Secret(value);
  };
  const clientSecret = secretOf('CLIENT_SECRET');
  const privateKey = secretOf('PRIVATE_KEY');
  const nextPrivateKey = secretOf('PRIVATE_KEY_NEXT');
  const region =
    definition.regions === undefined ? undefined : (values.get('REGION') ?? definition.regions.default);
  const settings = Object.entries(definition.settings ?? {}).map(([part, { secret = false }]) => [
    part,
    secret ? secretOf(part) : values.get(part),
  ]);
  return Object.freeze(
    omitUndefined({
      clientID: values.get('CLIENT_ID') ?? '',
      clientSecret,
      privateKey,
      nextPrivateKey,
      secretMethod: secretMethods.find((method) => method === values.get('SECRET_METHOD')),
      settings: Object.freeze(Object.fromEntries(settings) as Record<string, string | Secret>),
      region,
    }),
  );
}
