import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { ErrorRule } from '../../src/definitions/shape/errors.ts';
import type { RateLimit } from '../../src/definitions/shape/limits.ts';
import { successorOf } from '../../src/definitions/mistakes/findConflicts.ts';
import { code, duration, prose, type Column } from './markdown.ts';

export const overviewColumns: readonly Column[] = [
  { title: 'name', paths: ['name'], show: ({ name }) => prose(name) },
  {
    title: 'category',
    paths: ['category'],
    show: ({ category, kind }) =>
      kind === 'vendor' ? `${category}, vendor of many organisations` : category,
  },
  {
    title: 'number',
    paths: ['id'],
    show: (one) => (one.kind === 'provider' ? String(one.id ?? 'assigned') : ''),
  },
  { title: 'state', paths: ['lifecycle'], show: showLifecycle },
  { title: 'successor', paths: ['successor', 'lifecycle.successor'], show: (one) => successorOf(one) ?? '' },
  { title: 'found by', paths: ['keywords', 'recognises'], show: showRecognition },
  { title: 'regions', paths: ['regions'], show: showRegions },
  {
    title: 'FHIR base',
    paths: ['fhirBase'],
    show: (one) => (one.kind === 'provider' ? code(one.fhirBase ?? '') : ''),
  },
  { title: 'terms', paths: ['terms'], show: showTerms },
  { title: 'checked', paths: ['checkedOn'], show: ({ checkedOn }) => checkedOn },
  { title: 'sources', paths: ['sources'], show: ({ sources }) => sources.map(prose).join('; ') },
];

export const limitColumns: readonly Column[] = [
  {
    title: 'limits',
    paths: ['rateLimits'],
    show: ({ rateLimits = [] }) => rateLimits.map(showLimit).join('; '),
  },
  {
    title: 'rules for failures, before the common ones',
    paths: ['errors'],
    show: ({ errors }) => errors.map(showRule).join('; '),
  },
];

function showLifecycle({ lifecycle }: NamedDefinition): string {
  switch (lifecycle?.state) {
    case 'retired':
      return `retired on ${lifecycle.on}${lifecycle.goneStatus === undefined ? '' : ` (HTTP ${lifecycle.goneStatus})`}: ${prose(lifecycle.message)}`;
    case 'closed':
      return `closed: ${prose(lifecycle.reason)} Participants read: ${prose(lifecycle.message)}`;
    default:
      return lifecycle?.state ?? 'active';
  }
}

function showRecognition(definition: NamedDefinition): string {
  if (definition.kind === 'provider') return (definition.keywords ?? []).map(prose).join(', ');
  const {
    hosts = [],
    endpointPrefixes = [],
    publishers = [],
    everythingElse = false,
  } = definition.recognises;
  return [
    ...[...endpointPrefixes, ...hosts].map(code),
    ...publishers.map((name) => `directory ${code(name)}`),
    ...(everythingElse ? ['everything else of its category'] : []),
  ].join(', ');
}

function showRegions({ regions }: NamedDefinition): string {
  return Object.entries(regions?.values ?? {})
    .map(
      ([name, values]) =>
        `${prose(name)}${name === regions?.default ? ' (default)' : ''}: ${Object.values(values).map(code).join(' ')}`,
    )
    .join('; ');
}

function showTerms({ terms }: NamedDefinition): string {
  if (terms === undefined) return '';
  return [
    ...(terms.needsPermission === true ? ['Research use needs written permission.'] : []),
    ...(terms.participantsBeforeReview === undefined
      ? []
      : [`${terms.participantsBeforeReview} participants before review.`]),
    ...terms.notes.map(prose),
  ].join(' ');
}

function showLimit({
  counts,
  requests,
  of,
  requestsPerParticipant,
  windowS,
  window,
  headers,
}: RateLimit): string {
  const more =
    requestsPerParticipant === undefined ? '' : ` + ${requestsPerParticipant} for each participant`;
  const clock = window === 'clock' ? ' of the clock' : '';
  const { place, byWindow, ...names } = headers ?? {};
  const told = Object.values(names);
  return (
    `${requests}${more} in ${duration(windowS)}${clock} by ${counts}${of === undefined ? '' : ' at the token endpoint'}` +
    (told.length === 0
      ? ''
      : ` (${told.map(code).join(' ')}${place === undefined ? '' : `, number ${place + 1}`}${byWindow === true ? ', by `window=`' : ''})`)
  );
}

function showRule({ phases, status, body, bodyNot, times, verdict }: ErrorRule): string {
  const values = (list: readonly (string | number | null)[]) =>
    list.map((one) => code(String(one))).join(' or ');
  const conditions = [
    ...(phases === undefined ? [] : [phases.join('/')]),
    ...(status === undefined ? [] : [[status].flat().join(' or ')]),
    ...(body === undefined ? [] : [`${code(body.path)} is ${values(body.in)}`]),
    ...(bodyNot === undefined
      ? []
      : [`${code(bodyNot.path)} is there${bodyNot.in.length === 0 ? '' : ` and not ${values(bodyNot.in)}`}`]),
    ...(times === undefined ? [] : [`${times} times in a row`]),
  ];
  return `${conditions.join(', ')} → ${verdict}`;
}
