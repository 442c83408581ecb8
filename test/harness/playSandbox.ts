import { join } from 'node:path';
import { isConnectable } from '../../src/definitions/connectable.ts';
import type { Credentials } from '../../src/definitions/credentials.ts';
import { loadDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import type { Clock } from '../../src/platform/time/clock.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { createSandboxCredentials } from '../../src/sandbox/sandboxCredentials.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/startSandbox.ts';
import type { SandboxPerson } from '../../src/sandbox/server/sandboxCall.ts';
import { SandboxClient } from './sandboxClient.ts';

/** Every definition of the release that can be connected. */
export const definitions = await loadDefinitions(join(import.meta.dirname, '../../src/providers'));
export const playable = [...definitions.values()].filter(isConnectable);
/** For `describe.each`. */
export const named = playable.map((definition) => [definition.slug, definition] as const);

export interface PlayedSandbox {
  readonly sandbox: Sandbox;
  client(slug: string): SandboxClient;
  person(slug: string, place?: number): SandboxPerson;
}

const everyCredential = createSandboxCredentials(definitions, systemRandom);

/** A sandbox of all providers, or with other credentials for some of them. */
export async function playSandbox(
  change: { readonly clock?: Clock; readonly credentials?: ReadonlyMap<string, Credentials> } = {},
): Promise<PlayedSandbox> {
  const credentials = new Map([...everyCredential, ...(change.credentials ?? [])]);
  const clock = change.clock ?? systemClock;
  const sandbox = await startSandbox({ definitions, credentials, clock, random: systemRandom });
  const find = (slug: string) => playable.find((definition) => definition.slug === slug)!;
  return {
    sandbox,
    client: (slug) => new SandboxClient(sandbox.origin, find(slug), credentials.get(slug)!, clock),
    person: (slug, place = 0) => sandbox.people.get(slug)![place]!,
  };
}

/** What a provider's application can be, as its definition says: with a secret, with a key, or with neither. */
export function credentialsFor(slug: string, method: string): Credentials {
  const { clientSecret, privateKey, ...others } = everyCredential.get(slug)!;
  return {
    ...others,
    ...(method.startsWith('client_secret') && clientSecret !== undefined && { clientSecret }),
    ...(method === 'private_key_jwt' && privateKey !== undefined && { privateKey }),
  };
}
