import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { SandboxEvent } from '../../src/sandbox/played/sandboxEvent.ts';
import { buildWebhook } from '../../src/sandbox/webhooks/buildWebhook.ts';
import { readPath } from '../../src/definitions/readPath.ts';
import { omitUndefined } from '../../src/platform/members/omitUndefined.ts';
import type { DataPage, Delivered } from '../builders/documented.ts';
import { DefinedClient, dayMs, now, resourcesOf } from './definedClient.ts';
import { createFakeClock } from './fakeClock.ts';
import { createFhirClient } from './fhirClient.ts';
import type { PlayedSandbox } from './playSandbox.ts';
import { findEvent, readEvents } from './readWebhook.ts';
import { revoke } from './revokeConsent.ts';
import type { Reply } from './sandboxClient.ts';

/** The consent of one person, given back as the definition says. */
export async function giveBack(played: PlayedSandbox, slug: string, place: number): Promise<Reply> {
  const client = played.client(slug);
  const { userID } = played.person(slug, place);
  const reply = await revoke(client, await client.connect(userID), userID);
  if (reply === undefined) throw new Error('the definition has no call');
  return reply;
}

/** What the sandbox answers where the documented page was asked for, by a week of somebody's life. */
export function askForPage(definition: NamedDefinition, { resource }: DataPage): unknown {
  const { delivery } = definition;
  if (delivery?.by === 'fhir') {
    const { searches, patientParameter } = delivery.fhir.resources.find(({ type }) => type === resource)!;
    const answer = createFhirClient(definition).search(resource, { ...searches?.[0] }, patientParameter);
    return answer.json;
  }
  const known = resourcesOf(definition).find(({ name }) => name === resource)!;
  const client = new DefinedClient(definition, 1);
  const days = Math.min(7, known.range?.daysMax ?? 7);
  return client.ask(known, { from: now - days * dayMs, to: now }).json;
}

/** Messages that the sandbox sends of the same. */
export function askForWebhook(
  definition: NamedDefinition,
  message: Delivered,
): readonly { readonly headers: Readonly<Record<string, string>>; readonly rawBody: string }[] {
  const { delivery } = definition;
  if (delivery === undefined || !('webhook' in delivery)) return [];
  const [first] = readEvents(delivery.webhook, message.rawBody);
  const told = findEvent(delivery.webhook, first);
  if (told === undefined || told.means === 'ignored') return [];
  const { resourceAt } = { resourceAt: undefined, ...told };
  const named = resourceAt === undefined ? undefined : readPath(first, resourceAt);
  const [listed] = ('resources' in told ? told.resources : undefined) ?? [];
  const resource = typeof named === 'string' ? named : listed;
  const { person } = new DefinedClient(definition, 1);
  const event: SandboxEvent = omitUndefined({
    means: told.means,
    person,
    resource,
    scopes: told.means === 'scopes-changed' ? ['ACTIVITY_EXPORT'] : undefined,
  });
  const keys = { clientID: 'client', clientSecret: 's3cret', issuedSecret: 'issued', webhookSecret: 'ours' };
  return buildWebhook(definition, event, { keys, clock: createFakeClock(now) }).map(({ headers, body }) => ({
    headers,
    rawBody: new TextDecoder().decode(body),
  }));
}
