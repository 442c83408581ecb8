import type { Catalogue } from '../../definitions/catalogue.ts';
import { describeJourney } from '../../connect/describeJourney.ts';
import { createPublicDoor, createSandboxDoor, type FindDoor } from '../../oauth/providerDoor.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { createProviderFetch } from '../../platform/outbound/providerFetch.ts';
import type { Queryable } from '../../platform/storage/database.ts';
import type { Random } from '../../platform/random/random.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { withSandbox } from '../../sandbox/sandboxCatalogue.ts';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox.ts';
import type { Config } from '../config.ts';
import { keepSandboxCredentials } from './sandboxCredentials.ts';
import { portNear } from './portNear.ts';

/** How a serving process reaches providers, and as which applications. */
export interface Doors {
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  /** Origin of the sandbox, where there is one. */
  readonly sandbox?: string;
  /** Lets the sandbox's pages name hospitals and studies as this database does. */
  readonly nameJourneys?: (database: Queryable) => void;
  close(): Promise<void>;
}

/** The doors to the providers themselves. */
export function openPublicDoors(catalogue: Catalogue): Doors {
  const fetch = createProviderFetch();
  const door = createPublicDoor(fetch);
  return { catalogue, findDoor: () => door, close: () => fetch.close() };
}

/** What a sandbox beside the service plays, and by whose time and chance. */
export interface SandboxDoorsOptions {
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * The doors to a sandbox that is started beside the service, on the port after the service's or else any free one. It
 * plays what the operator has no credentials for; where there are real ones, the door is the real one.
 */
export async function openSandboxDoors(options: SandboxDoorsOptions): Promise<Doors> {
  const { config, clock, random, log } = options;
  const { definitions } = options.catalogue;
  const credentials = await keepSandboxCredentials(config.TRIBUTARY_DATA_DIR, definitions, random);
  const { catalogue, played } = withSandbox(options.catalogue, credentials);
  let journeys: Queryable | undefined;
  const findJourney = (state: string) =>
    journeys === undefined ? Promise.resolve(undefined) : describeJourney(journeys, state);
  const start = (port: number) =>
    startSandbox({ definitions, credentials, clock, random, log, port, findJourney });
  const sandbox = await start(portNear(config, 1)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return start(0);
  });
  const nameJourneys = (database: Queryable) => {
    journeys = database;
  };
  return { catalogue, nameJourneys, ...openBoth(sandbox, played) };
}

function openBoth(
  sandbox: Sandbox,
  played: ReadonlySet<string>,
): Pick<Doors, 'findDoor' | 'sandbox' | 'close'> {
  const outside = createProviderFetch();
  const inside = createProviderFetch({ plainOrigin: sandbox.origin });
  const publicDoor = createPublicDoor(outside);
  return {
    sandbox: sandbox.origin,
    findDoor: (slug) => (played.has(slug) ? createSandboxDoor(inside, sandbox.origin, slug) : publicDoor),
    close: async () => {
      await Promise.all([outside.close(), inside.close(), sandbox.close()]);
    },
  };
}
