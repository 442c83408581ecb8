import { dataTypes } from '../dataTypes.ts';
import type { NamedDefinition } from '../defineProvider.ts';
import type { Delivery, FhirAccess, Resource, Webhook } from '../shape/delivery.ts';
import { findEmpty, findRepeated, isCount, isDate } from './facts.ts';

/** Resources, webhooks and limits that name what does not exist or lack what they need. */
export function findDeliveryMistakes(definition: NamedDefinition): readonly string[] {
  const { delivery, rateLimits = [] } = definition;
  const limits = rateLimits.flatMap(({ requests, windowS, requestsPerParticipant = 1 }, index) =>
    [requests, windowS, requestsPerParticipant].every(isCount)
      ? []
      : [`rateLimits.${index}: numbers must be whole and above 0`],
  );
  if (delivery === undefined) return limits;
  const scopes = definition.auth.kind === 'none' ? [] : definition.auth.scopes.map(({ name }) => name);
  const resources = 'resources' in delivery ? delivery.resources : [];
  const names = resources.map(({ name }) => name);
  return [
    ...limits,
    ...findRepeated('delivery.resources', names),
    ...resources.flatMap((resource, index) =>
      findResourceMistakes(resource, `delivery.resources.${index}`, { scopes, names }),
    ),
    ...('fhir' in delivery ? findFhirMistakes(delivery.fhir) : []),
    ...('webhook' in delivery ? findWebhookMistakes(delivery.webhook, names) : []),
    ...findSubscriptionMistakes(delivery),
    ...findBackfillMistakes(delivery, { scopes, names }),
  ];
}

interface Known {
  readonly scopes: readonly string[];
  readonly names: readonly string[];
}

function findResourceMistakes(resource: Resource, path: string, { scopes, names }: Known): readonly string[] {
  const { name, releases, needsScope, range, forEach, minimumIntervalS } = resource;
  const mistakes = [...findEmpty(`${path}.name`, [name])];
  if (!Object.hasOwn(dataTypes, releases))
    mistakes.push(`${path}.releases: "${releases}" is not a type of data`);
  if (needsScope !== undefined && !scopes.includes(needsScope))
    mistakes.push(`${path}.needsScope: "${needsScope}" is not a scope`);
  if (forEach !== undefined && (!names.includes(forEach) || forEach === name))
    mistakes.push(`${path}.forEach: "${forEach}" is not another resource`);
  for (const [what, value] of Object.entries({ ...range, minimumIntervalS }))
    if (typeof value === 'number' && !isCount(value))
      mistakes.push(`${path}: ${what} must be a whole number above 0`);
  if (range !== undefined && (range.format === 'aip-160') !== (range.field !== undefined))
    mistakes.push(`${path}.range: "aip-160" and a field belong together`);
  return mistakes;
}

function findFhirMistakes(fhir: FhirAccess | undefined): readonly string[] {
  if (fhir === undefined) return [];
  const at = 'delivery.fhir';
  const mistakes = isCount(fhir.pageSize) ? [] : [`${at}.pageSize: must be a whole number above 0`];
  if (fhir.lastUpdatedSince !== undefined && !isDate(fhir.lastUpdatedSince))
    mistakes.push(`${at}.lastUpdatedSince: must be an ISO date`);
  fhir.resources.forEach(({ type, releases, searches = [], byReference, versions = [] }, index) => {
    if (!/^[A-Z][A-Za-z]+$/.test(type)) mistakes.push(`${at}.resources.${index}.type: is no type of FHIR`);
    if (!Object.hasOwn(dataTypes, releases))
      mistakes.push(`${at}.resources.${index}.releases: "${releases}" is not a type of data`);
    if (byReference === true && searches.length > 0)
      mistakes.push(`${at}.resources.${index}.searches: it is read by reference only`);
    for (const version of versions)
      if (!fhir.versions.includes(version))
        mistakes.push(`${at}.resources.${index}.versions: the servers have no ${version}`);
  });
  const reads = fhir.resources.map(({ type, versions, searches }) =>
    JSON.stringify([type, versions, searches]),
  );
  return [...mistakes, ...findRepeated(`${at}.resources`, reads)];
}

function findWebhookMistakes(webhook: Webhook, names: readonly string[]): readonly string[] {
  const at = 'delivery.webhook';
  const { userIDAt, events, authentication, deadlineS, callback } = webhook;
  const mistakes = [...findEmpty(`${at}.userIDAt`, [userIDAt])];
  if (deadlineS !== undefined && !(deadlineS > 0)) mistakes.push(`${at}.deadlineS: must be above 0`);
  events.forEach((event, index) => {
    for (const name of ('resources' in event ? event.resources : undefined) ?? [])
      if (!names.includes(name))
        mistakes.push(`${at}.events.${index}.resources: "${name}" is not a resource`);
    if (event.when.length === 0 && index < events.length - 1)
      mistakes.push(`${at}.events.${index}: fits every event, so that those after it are never reached`);
  });
  for (const host of callback?.hosts ?? [])
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host))
      mistakes.push(`${at}.callback.hosts: "${host}" is not a host name in lower case`);
  const isStamped = authentication.by === 'hmac' && authentication.message !== 'body';
  if (authentication.by === 'hmac' && isStamped !== (authentication.timestamp !== undefined))
    mistakes.push(`${at}.authentication.timestamp: belongs to messages that are signed with one`);
  if ('header' in authentication && !/^[a-z0-9-]+$/.test(authentication.header))
    mistakes.push(`${at}.authentication.header: must be the name of a header in lower case`);
  return mistakes;
}

function findSubscriptionMistakes(delivery: Delivery): readonly string[] {
  const renew = 'appSubscription' in delivery ? delivery.appSubscription.renew : undefined;
  return renew === undefined || isCount(renew.everyDays)
    ? []
    : ['delivery.appSubscription.renew.everyDays: must be a whole number above 0'];
}

function findBackfillMistakes(delivery: Delivery, { scopes, names }: Known): readonly string[] {
  const backfill = 'backfill' in delivery ? delivery.backfill : undefined;
  const needsScope = backfill?.needsScope;
  return [
    ...(needsScope === undefined || scopes.includes(needsScope)
      ? []
      : [`delivery.backfill.needsScope: "${needsScope}" is not a scope`]),
    ...(backfill?.except ?? [])
      .filter((name) => !names.includes(name))
      .map((name) => `delivery.backfill.except: "${name}" is not a resource`),
  ];
}
