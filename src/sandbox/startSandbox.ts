import { join } from 'node:path';
import { isConnectable } from '../definitions/connectable.ts';
import type { Credentials } from '../definitions/credentials.ts';
import type { NamedDefinition } from '../definitions/defineProvider.ts';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Random } from '../platform/random/random.ts';
import type { Clock } from '../platform/time/clock.ts';
import { createSigningKeys } from './authorization/signingKeys.ts';
import { createDials, type Dials } from './dials/dials.ts';
import { Ledger } from './ledger/ledger.ts';
import type { FindJourney, PlayedProvider } from './played/playedProvider.ts';
import { playProvider } from './played/playProvider.ts';
import type { Quirk } from './played/quirk.ts';
import { listenLocally } from './server/sandboxServer.ts';
import type { SandboxPerson } from './server/sandboxCall.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';

export interface SandboxOptions {
  readonly definitions: ReadonlyMap<string, NamedDefinition>;
  /** By slug: the application as which it is registered with each; who has none is not played. */
  readonly credentials: ReadonlyMap<string, Credentials>;
  readonly clock: Clock;
  readonly random: Random;
  /** A free one unless given. */
  readonly port?: number;
  readonly log?: Logger;
  /** For consent pages that name the hospital and the study instead of the vendor and the application. */
  readonly findJourney?: FindJourney;
}

/** Providers that behave like the real ones, on this machine. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly ledger: Ledger;
  readonly dials: Dials;
  /** By slug: those who have an account there. */
  readonly people: ReadonlyMap<string, readonly SandboxPerson[]>;
  close(): Promise<void>;
}

/**
 * Plays every provider that has a way to connect and credentials here, on 127.0.0.1 and nowhere else: a request for
 * `https://HOST/path` of the provider SLUG is answered at `/SLUG/HOST/path`. Consents, tokens and the ledger live as
 * long as it does; its people and their data are the same each time.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, random, log, port = 0 } = options;
  const ledger = new Ledger(clock);
  const dials = createDials({ clock, random });
  const quirks = await loadQuirks();
  const providers = new Map<string, PlayedProvider>();
  const parts = { ...options, ledger, dials, keys: createSigningKeys(), providers };
  for (const definition of options.definitions.values()) {
    const credentials = options.credentials.get(definition.slug);
    if (!isConnectable(definition) || credentials === undefined) continue;
    const quirk = quirks.get(definition.slug) ?? {};
    providers.set(definition.slug, playProvider(parts, definition, { credentials, quirk }));
  }
  const listening = await listenLocally(
    omitUndefined({ providers, ledger, dials, clock, random, log }),
    port,
  );
  return {
    origin: `http://127.0.0.1:${listening.port}`,
    ledger,
    dials,
    people: new Map([...providers].map(([slug, { people }]) => [slug, people])),
    close: () =>
      new Promise((resolve) => {
        listening.server.close(() => resolve());
        listening.server.closeAllConnections();
      }),
  };
}

async function loadQuirks(): Promise<ReadonlyMap<string, Quirk>> {
  const files = await loadFolder(join(import.meta.dirname, 'quirks'), 'quirk');
  return new Map(files.map(({ name, value }) => [name, value as Quirk]));
}
