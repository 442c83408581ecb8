import { callVariables, fillIn, variablesIn } from '../callVariables.ts';
import type { NamedDefinition } from '../defineProvider.ts';
import { findEmpty } from './facts.ts';

/** Members whose text is for people, where braces mean nothing. */
const prose = new Set(
  'label description example instructions verify notes message reason sources uncertain'.split(' '),
);

/** Members that are addresses, whatever else they are called. */
const addressMember = /^(fhirBase|url|.*Url)$/;

/** Settings whose names mean something else. */
const reservedSettings = new Set([
  'CLIENT_ID',
  'CLIENT_SECRET',
  'PRIVATE_KEY',
  'PRIVATE_KEY_NEXT',
  'SECRET_METHOD',
  'REGION',
]);

/** Addresses that are no public https addresses, variables that nothing fills in, and regions that do not fit. */
export function findAddressMistakes(definition: NamedDefinition): readonly string[] {
  const { regions, settings = {} } = definition;
  const regionSets = regions === undefined ? [{}] : Object.values(regions.values);
  const fromSettings = Object.fromEntries(
    Object.entries(settings).map(([name, { example }]) => [name, example]),
  );
  const known = { ...sampleValues, ...fromSettings };
  return [
    ...findSettingMistakes(definition),
    ...findRegionMistakes(definition),
    ...visit(definition, '', { known: regionSets.map((set) => ({ ...known, ...set })), isProse: false }),
  ];
}

const sampleValues: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(callVariables).map((name) => [name, 'sample'])),
  fhirBase: 'https://fhir.example.org/r4',
  redirectUri: 'https://study.example.org/back',
  webhookUrl: 'https://study.example.org/webhook',
};

interface Surroundings {
  /** Values of all variables that are known here, once for each region. */
  readonly known: readonly Readonly<Record<string, string>>[];
  readonly isProse: boolean;
}

function visit(value: unknown, path: string, around: Surroundings): readonly string[] {
  if (typeof value === 'string') return around.isProse ? [] : findTextMistakes(value, path, around);
  if (typeof value !== 'object' || value === null) return [];
  // A list has methods whose names are members here.
  const local = Array.isArray(value) ? [] : localVariables(value as Record<string, unknown>);
  const known =
    local.length === 0 ? around.known : around.known.map((set) => ({ ...set, ...samples(local) }));
  return Object.entries(value).flatMap(([name, part]) =>
    visit(part, path === '' ? name : `${path}.${name}`, {
      known: name === 'backfill' ? known.map((set) => ({ ...set, resource: 'sample' })) : known,
      isProse: around.isProse || prose.has(name),
    }),
  );
}

/** Variables that a call, a resource or a subscription defines for itself. */
function localVariables({
  firstAsk,
  range,
  itemUrl,
  forEach,
  each,
}: Record<string, unknown>): readonly string[] {
  const ask = firstAsk as { variable?: string } | undefined;
  const bounds = range as { place?: string; from?: string; to?: string } | undefined;
  return [
    ...(ask?.variable === undefined ? [] : [ask.variable]),
    ...(bounds?.place === 'address' ? [bounds.from ?? '', bounds.to ?? ''] : []),
    ...Object.keys((each as object | undefined) ?? {}),
    ...(itemUrl === undefined && forEach === undefined ? [] : ['itemID']),
  ];
}

function samples(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, 'sample']));
}

function findTextMistakes(text: string, path: string, { known }: Surroundings): readonly string[] {
  const unknown = [...new Set(variablesIn(text))].filter(
    (name) => !known.every((set) => Object.hasOwn(set, name)),
  );
  if (unknown.length > 0) return unknown.map((name) => `${path}: nothing fills in {${name}}`);
  if (!addressMember.test(path.split('.').at(-1) ?? '')) return [];
  const refusals = known.map((set) => refuse(fillIn(text, set))).filter((refusal) => refusal !== undefined);
  return [...new Set(refusals)].map((refusal) => `${path}: ${refusal}`);
}

function refuse(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null || /[\s{}]/.test(address)) return 'is not an address';
  if (url.protocol !== 'https:') return 'must be https';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials';
  if (address.includes('#')) return 'must not have a fragment';
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(url.hostname) && !/^[\d.]+$/.test(url.hostname)
    ? undefined
    : 'must name a host of the public internet';
}

function findSettingMistakes({ settings = {} }: NamedDefinition): readonly string[] {
  return Object.entries(settings).flatMap(([name, { description, example }]) => [
    ...(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name) ? [] : [`settings.${name}: must be written LIKE_THIS`]),
    ...(reservedSettings.has(name) || name.endsWith('_FILE')
      ? [`settings.${name}: the name means something else`]
      : []),
    ...findEmpty(`settings.${name}.description`, [description]),
    ...findEmpty(`settings.${name}.example`, [example]),
  ]);
}

function findRegionMistakes({ regions, settings = {} }: NamedDefinition): readonly string[] {
  if (regions === undefined) return [];
  const names = (region: Readonly<Record<string, string>>) => Object.keys(region).sort().join(' ');
  const standard = regions.values[regions.default];
  if (standard === undefined) return [`regions.default: there is no region "${regions.default}"`];
  return Object.entries(regions.values).flatMap(([region, values]) => [
    ...(names(values) === names(standard)
      ? []
      : [`regions.values.${region}: must have the same variables as ${regions.default}`]),
    ...findEmpty(`regions.values.${region}`, Object.values(values)),
    ...Object.keys(values)
      .filter((name) => Object.hasOwn(callVariables, name) || Object.hasOwn(settings, name))
      .map((name) => `regions.values.${region}.${name}: the name means something else`),
  ]);
}
