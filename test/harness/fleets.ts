import { createSandboxDoor, type FindDoor } from '../../src/oauth/providerDoor.ts';
import type { Catalogue } from '../../src/definitions/catalogue.ts';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { createProviderFetch } from '../../src/platform/outbound/providerFetch.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { withSandbox } from '../../src/sandbox/sandboxCatalogue.ts';
import { createSandboxCredentials } from '../../src/sandbox/sandboxCredentials.ts';
import { startSandbox } from '../../src/sandbox/startSandbox.ts';
import { addHonestProviders, honestCatalogue } from '../builders/honestCatalogue.ts';
import type { Study } from '../builders/study.ts';
import { startHonestServer } from '../fakes/honestServer.ts';

/** Providers that a test can connect, and the way to them. */
export interface Fleet {
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  /** A scope of the device maker that is asked for and may be left out. */
  readonly optionalScope: string;
  addProviders(study: Study): Promise<{ readonly deviceID: number; readonly hospitalID: number }>;
  close(): Promise<void>;
}

/** An authorization server that we did not write. */
async function startHonestFleet(): Promise<Fleet> {
  const server = await startHonestServer();
  return {
    ...honestCatalogue(server, { clientAuthentication: { method: 'client_secret_basic' } }),
    optionalScope: 'sleep',
    addProviders: async (study) => {
      const { recordID, bandID } = await addHonestProviders(study, server);
      return { deviceID: bandID, hospitalID: recordID };
    },
    close: () => server.close(),
  };
}

/** The sandbox, of which a ring and a hospital of no known vendor are connected. */
async function startSandboxFleet(): Promise<Fleet> {
  const plain = await openCatalogue({});
  const { catalogue } = withSandbox(plain, createSandboxCredentials(plain.definitions, systemRandom));
  const sandbox = await startSandbox({ ...catalogue, clock: systemClock, random: systemRandom });
  const fetch = createProviderFetch({ plainOrigin: sandbox.origin });
  const ring = catalogue.definitions.get('oura');
  if (ring?.kind !== 'provider' || ring.id === undefined) throw new Error('Oura is no provider any more');
  const deviceID = ring.id;
  return {
    catalogue,
    findDoor: (slug) => createSandboxDoor(fetch, sandbox.origin, slug),
    optionalScope: 'daily',
    addProviders: async (study) => ({
      deviceID,
      hospitalID: await study.addProvider({
        name: 'Three Herons Hospital',
        category: 'Provider',
        definition: 'smartOnFhir',
        endpointUrl: 'https://fhir.three-herons.example/api/r4',
      }),
    }),
    close: async () => {
      await sandbox.close();
      await fetch.close();
    },
  };
}

/** Every fleet, for tests that hold at each. */
export const fleets: readonly (readonly [name: string, start: () => Promise<Fleet>])[] = [
  ['the honest server', startHonestFleet],
  ['the sandbox', startSandboxFleet],
];
