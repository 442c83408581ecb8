import { providerCategories } from '../../contract/provider.ts';
import type { NamedDefinition } from '../defineProvider.ts';
import { readPath } from '../readPath.ts';
import type { Clock } from '../../platform/time/clock.ts';

const nameLengthMax = 100;
const dayMs = 86_400_000;

/** Names, dates, sources, marks of uncertainty and the course of a provider's life. */
export function findFactMistakes(definition: NamedDefinition, clock: Clock): readonly string[] {
  const { name, slug, category, checkedOn, sources, terms } = definition;
  const mistakes: string[] = [];
  if (!/^[a-z][a-zA-Z0-9]*$/.test(slug)) mistakes.push('slug: the file must be named in camelCase');
  if (name.trim() === '' || name !== name.trim() || name.length > nameLengthMax)
    mistakes.push(`name: must be 1 to ${nameLengthMax} characters without outer spaces`);
  if (!providerCategories.includes(category)) mistakes.push('category: is none of the platform’s');
  if (!isDate(checkedOn)) mistakes.push('checkedOn: must be an ISO date like 2026-11-22');
  // A day of grace, because the date is local to whoever checked.
  else if (Date.parse(checkedOn) > clock.now() + dayMs) mistakes.push('checkedOn: lies in the future');
  mistakes.push(...findEmpty('sources', sources), ...findEmpty('terms.notes', terms?.notes ?? ['none']));
  if (terms?.participantsBeforeReview !== undefined && !isCount(terms.participantsBeforeReview))
    mistakes.push('terms.participantsBeforeReview: must be a whole number above 0');
  return [
    ...mistakes,
    ...findUncertaintyMistakes(definition),
    ...findLifecycleMistakes(definition),
    ...(definition.kind === 'provider' ? findProviderMistakes(definition) : findVendorMistakes(definition)),
  ];
}

function findUncertaintyMistakes(definition: NamedDefinition): readonly string[] {
  return Object.entries(definition.uncertain ?? {}).flatMap(([path, { certainty, verify }]) => [
    ...(readPath(definition, path) === undefined
      ? [`uncertain: "${path}" is not a path in this declaration`]
      : []),
    ...(['medium', 'low'].includes(certainty) ? [] : [`uncertain.${path}: certainty must be medium or low`]),
    ...(verify.trim() === '' ? [`uncertain.${path}: must say what to verify`] : []),
  ]);
}

function findLifecycleMistakes({ lifecycle, auth, delivery }: NamedDefinition): readonly string[] {
  if (lifecycle?.state === 'retired')
    return [
      ...(isDate(lifecycle.on) ? [] : ['lifecycle.on: must be an ISO date']),
      ...findEmpty('lifecycle.message', [lifecycle.message]),
    ];
  if (lifecycle?.state === 'closed')
    return [
      ...findEmpty('lifecycle.message', [lifecycle.message]),
      ...findEmpty('lifecycle.reason', [lifecycle.reason]),
    ];
  return [
    ...(auth.kind === 'none' ? ['auth: an open provider must have a way to connect'] : []),
    ...((delivery as unknown) === undefined ? ['delivery: an open provider must say how data arrive'] : []),
  ];
}

function findProviderMistakes(definition: Extract<NamedDefinition, { kind: 'provider' }>): readonly string[] {
  const { id, keywords = [], successor, lifecycle, fhirBase, auth, delivery } = definition;
  const isOpen = lifecycle?.state !== 'retired' && lifecycle?.state !== 'closed';
  const mistakes = [...findEmpty('keywords', keywords), ...findRepeated('keywords', keywords)];
  if (id !== undefined && !isCount(id)) mistakes.push('id: must be a whole number above 0');
  if (successor !== undefined && !isOpen)
    mistakes.push('successor: belongs into lifecycle once a provider is retired');
  const isFhir = auth.kind === 'smart' || (delivery !== undefined && 'fhir' in delivery);
  if (isOpen && isFhir && fhirBase === undefined)
    mistakes.push('fhirBase: is missing, although data come from a FHIR server');
  return mistakes;
}

function findVendorMistakes({ recognises }: Extract<NamedDefinition, { kind: 'vendor' }>): readonly string[] {
  const { hosts = [], endpointPrefixes = [], publishers = [], everythingElse = false } = recognises;
  const mistakes: string[] = [];
  if (hosts.length + endpointPrefixes.length + publishers.length === 0 && !everythingElse)
    mistakes.push('recognises: must say how an organisation of this vendor is recognised');
  for (const host of hosts)
    if (!/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host))
      mistakes.push(`recognises.hosts: "${host}" is not a host name in lower case`);
  for (const prefix of endpointPrefixes)
    if (!/^https:\/\/[a-z0-9.-]+(:\d+)?\//.test(prefix))
      mistakes.push(
        `recognises.endpointPrefixes: "${prefix}" must begin with https:// and a whole host name`,
      );
  for (const [name, list] of Object.entries({ hosts, endpointPrefixes, publishers }))
    mistakes.push(...findEmpty(`recognises.${name}`, list), ...findRepeated(`recognises.${name}`, list));
  return mistakes;
}

/** Whether a text is a day of the calendar: 2026-02-30 is none. */
export function isDate(text: string): boolean {
  const day = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day) && new Date(day).toISOString().startsWith(text);
}

/** Whether this can be a number of things or of seconds: whole and above zero. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

/** The mistake of a list with an empty text in it; `sources` must have a text at all. */
export function findEmpty(path: string, texts: readonly string[]): readonly string[] {
  return texts.some((text) => text.trim() === '') || (path === 'sources' && texts.length === 0)
    ? [`${path}: must not be empty`]
    : [];
}

/** A mistake for each text that stands more than once in the list. */
export function findRepeated(path: string, names: readonly string[]): readonly string[] {
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(repeated)].map((name) => `${path}: "${name}" stands there twice`);
}
