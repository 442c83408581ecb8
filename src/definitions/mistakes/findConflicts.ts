import type { NamedDefinition } from '../defineProvider.ts';
import { settingNames } from '../settingNames.ts';

/**
 * What is wrong between definitions, each of which may be right by itself; one sentence each that names the files:
 * two with one name, number, setting or mark of recognition, and successors that do not exist or lead in a circle.
 */
export function findConflicts(definitions: ReadonlyMap<string, NamedDefinition>): readonly string[] {
  const all = [...definitions.values()];
  return [
    ...findShared(all, 'the name', ({ name }) => [name.toLowerCase()]),
    ...findShared(all, 'the number', (one) =>
      one.kind === 'provider' && one.id !== undefined ? [String(one.id)] : [],
    ),
    ...findShared(all, 'the setting', (one) =>
      settingNames(one).flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])),
    ),
    ...findShared(all, 'the host', (one) => recognised(one).hosts ?? []),
    ...findShared(all, 'the endpoint prefix', (one) => recognised(one).endpointPrefixes ?? []),
    ...findShared(all, 'the publisher', (one) => recognised(one).publishers ?? []),
    ...findShared(all, 'everything else of the category', (one) =>
      recognised(one).everythingElse === true ? [one.category] : [],
    ),
    ...all.flatMap((one) => findSuccessorMistakes(one, definitions)),
  ];
}

function recognised(definition: NamedDefinition) {
  return definition.kind === 'vendor' ? definition.recognises : {};
}

function findShared(
  definitions: readonly NamedDefinition[],
  what: string,
  marksOf: (definition: NamedDefinition) => readonly string[],
): readonly string[] {
  const owners = new Map<string, string>();
  return definitions.flatMap((definition) =>
    [...new Set(marksOf(definition))].flatMap((mark) => {
      const owner = owners.get(mark);
      owners.set(mark, owner ?? definition.slug);
      return owner === undefined ? [] : [`${owner} and ${definition.slug} both have ${what} "${mark}"`];
    }),
  );
}

/** Slug of what is to be connected instead, now or once this one is retired. */
export function successorOf(definition: NamedDefinition): string | undefined {
  if (definition.lifecycle?.state === 'retired') return definition.lifecycle.successor;
  return definition.kind === 'provider' ? definition.successor : undefined;
}

function findSuccessorMistakes(
  definition: NamedDefinition,
  definitions: ReadonlyMap<string, NamedDefinition>,
): readonly string[] {
  const successor = successorOf(definition);
  if (successor === undefined) return [];
  const next = definitions.get(successor);
  if (next === undefined) return [`${definition.slug}: its successor "${successor}" does not exist`];
  if (next.kind === 'vendor')
    return [`${definition.slug}: its successor "${successor}" is no single provider`];
  if (next.lifecycle?.state === 'closed')
    return [`${definition.slug}: its successor "${successor}" cannot be connected`];
  const seen = new Set<string>();
  for (let slug: string | undefined = successor; slug !== undefined;) {
    if (slug === definition.slug) return [`${definition.slug}: its successors lead back to itself`];
    if (seen.has(slug)) break;
    seen.add(slug);
    const at: NamedDefinition | undefined = definitions.get(slug);
    slug = at === undefined ? undefined : successorOf(at);
  }
  return [];
}
