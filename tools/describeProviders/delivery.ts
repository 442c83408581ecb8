import { dataTypes } from '../../src/definitions/dataTypes.ts';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type {
  Delivery,
  FhirAccess,
  Paging,
  Resource,
  TimeRange,
  Webhook,
} from '../../src/definitions/shape/delivery.ts';
import { showCall } from './auth.ts';
import { code, duration, marks, pairs, prose, tableOnce, type Column } from './markdown.ts';

function column(title: string, paths: readonly string[], show: (delivery: Delivery) => string): Column {
  return { title, paths, show: ({ delivery }) => (delivery === undefined ? '' : show(delivery)) };
}

function ofWebhook(title: string, path: string, show: (webhook: Webhook) => string): Column {
  return column(title, [path], (delivery) => ('webhook' in delivery ? show(delivery.webhook) : ''));
}

export const deliveryColumns: readonly Column[] = [
  column('how', ['delivery.by'], ({ by }) => by),
  column('FHIR', ['delivery.fhir'], (delivery) => ('fhir' in delivery ? showFhir(delivery.fhir) : '')),
  ofWebhook('webhook proves itself by', 'delivery.webhook.authentication', showAuthentication),
  ofWebhook('check of the address', 'delivery.webhook.challenge', ({ challenge }) => {
    const { kind, ...facts } = challenge ?? { kind: 'none' };
    return `${kind} ${pairs(facts)}`.trim();
  }),
  ofWebhook(
    'webhook answer',
    'delivery.webhook.answer',
    ({ answer, deadlineS, body }) =>
      `${answer}${deadlineS === undefined ? '' : ` within ${deadlineS} s`}; ${body}`,
  ),
  ofWebhook('person in events', 'delivery.webhook.userIDAt', ({ userIDAt }) => code(userIDAt)),
  ofWebhook('events', 'delivery.webhook.events', showEvents),
  column('subscription of the application', ['delivery.appSubscription'], showSubscription),
  column('history', ['delivery.backfill'], (delivery) => {
    const backfill = 'backfill' in delivery ? delivery.backfill : undefined;
    return backfill === undefined ? '' : `${showCall(backfill.call)}; ${showRange(backfill.range)}`;
  }),
];

function showFhir(fhir: FhirAccess): string {
  return [
    fhir.versions.join(', '),
    ...(fhir.accept === undefined ? [] : [code(fhir.accept)]),
    ...(fhir.everything === true ? [code('$everything')] : []),
    ...(fhir.lastUpdated === true ? [code('_lastUpdated')] : []),
    `pages of ${fhir.pageSize}`,
    ...(fhir.minimumIntervalS === undefined ? [] : [`at most every ${duration(fhir.minimumIntervalS)}`]),
    ...(fhir.nextLinkHosts === undefined ? [] : [`pages also on ${fhir.nextLinkHosts.map(code).join(' ')}`]),
  ].join('; ');
}

function showAuthentication({ authentication }: Webhook): string {
  switch (authentication.by) {
    case 'secret-path':
      return `a secret in the address${authentication.clientIDHeader === undefined ? '' : `, and ${code(authentication.clientIDHeader)}`}`;
    case 'hook':
      return `signature in ${[authentication.header, ...(authentication.otherHeaders ?? [])].map(code).join(' or ')}, keys ${code(authentication.keysetUrl)}${authentication.authorizationSecret ? ', and a secret Authorization' : ''}`;
    case 'hmac': {
      const { header, algorithm, encoding, key, message, timestamp, mayBeUnsigned } = authentication;
      const time =
        timestamp === undefined
          ? ''
          : `, time in ${code(timestamp.header)} (${timestamp.unit}, at most ${duration(timestamp.ageMaxS)} old)`;
      return `HMAC ${algorithm} of ${message} with the ${key} in ${code(header)} (${encoding})${time}${mayBeUnsigned === true ? '; may be missing' : ''}`;
    }
  }
}

function showEvents({ events }: Webhook): string {
  const grouped = Map.groupBy(events, ({ means }) => means);
  return [...grouped]
    .map(([means, list]) => {
      const conditions = list.map(({ when }) =>
        when.map(({ path, equals }) => code(equals === undefined ? path : `${path}=${equals}`)).join(' and '),
      );
      const shown = conditions.filter((text) => text !== '').join(', ');
      return `${means}: ${shown === '' ? 'all others' : shown}`;
    })
    .join('; ');
}

function showSubscription(delivery: Delivery): string {
  const subscription = 'appSubscription' in delivery ? delivery.appSubscription : undefined;
  if (subscription === undefined) return '';
  const { create, renew, secretAt } = subscription;
  return [
    showCall(create),
    ...(renew === undefined ? [] : [`renewed every ${duration(renew.everyDays * 86_400)}`]),
    ...(secretAt === undefined ? [] : [`secret told once in ${code(secretAt)}`]),
  ].join('; ');
}

/** What is asked for, a section for each provider. */
export function describeData(definitions: readonly NamedDefinition[]): readonly string[] {
  const seen = new Map<string, string>();
  return definitions.flatMap((definition) => {
    const { delivery, slug, name } = definition;
    if (delivery === undefined) return [];
    const resources = 'resources' in delivery ? delivery.resources : [];
    const types = 'fhir' in delivery ? delivery.fhir.resources : [];
    const marked = (rows: readonly (readonly string[])[], path: string) =>
      rows.map(([first = '', ...others], index) => [
        first + marks(definition, [`${path}.${index}`]),
        ...others,
      ]);
    const asked = ['resource', 'releases', 'needs', 'call', 'range', 'pages', 'items'];
    return [
      `### ${slug}: data of ${prose(name)}`,
      '',
      ...(resources.length === 0
        ? []
        : [
            ...tableOnce({
              titles: asked,
              rows: marked(resources.map(showResource), 'delivery.resources'),
              slug,
              seen,
            }),
            '',
          ]),
      ...(types.length === 0
        ? []
        : [
            ...tableOnce({
              titles: ['type', 'releases', 'asked for'],
              rows: marked(types.map(showType), 'delivery.fhir.resources'),
              slug,
              seen,
            }),
            '',
          ]),
    ];
  });
}

function showResource(resource: Resource): readonly string[] {
  const { name, releases, needsScope, method, url, form, query, json, range, paging, itemsAt, itemID } =
    resource;
  return [
    code(name),
    prose(dataTypes[releases]),
    code(needsScope ?? ''),
    [`${method} ${code(url)}`, ...[form, query, json].map(pairs).filter((text) => text !== '')].join(' '),
    range === undefined ? '' : showRange(range),
    showPaging(paging),
    `${itemsAt === '' ? 'the answer' : code(itemsAt)}${itemID === undefined ? '' : ` by ${code(itemID)}`}`,
  ];
}

function showRange({ from, to, format, daysMax, overlapS, historyDays, changedSince }: TimeRange): string {
  return [
    `${code(from)}${to === undefined ? '' : ` to ${code(to)}`} as ${format}`,
    ...(changedSince === undefined ? [] : [`or ${code(changedSince)}`]),
    ...(daysMax === undefined ? [] : [`at most ${duration(daysMax * 86_400)}`]),
    ...(overlapS === undefined ? [] : [`the last ${duration(overlapS)} again`]),
    ...(historyDays === undefined ? [] : [`${duration(historyDays * 86_400)} back`]),
  ].join('; ');
}

function showPaging(paging: Paging): string {
  const { by, ...facts } = paging;
  return by === 'none' ? '' : `${by} ${pairs(facts)}`;
}

function showType({
  type,
  releases,
  searches,
  byReference,
  versions,
  patientParameter,
}: FhirAccess['resources'][number]): readonly string[] {
  const how =
    byReference === true
      ? 'by reference'
      : (searches ?? [{}]).map((search) => pairs(search) || 'all').join('; ');
  return [
    code(type),
    prose(dataTypes[releases]),
    [
      how,
      ...(versions === undefined ? [] : [`${versions.join(', ')} only`]),
      ...(patientParameter === undefined ? [] : [`of ${code(patientParameter)}`]),
    ].join('; '),
  ];
}
