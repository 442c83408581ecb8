import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import type { FindDoor } from '../../src/catalogue/providerDoor.ts';
import { addHonestProviders, honestCatalogue } from '../builders/honestCatalogue.ts';
import type { Study } from '../builders/study.ts';
import { startHonestServer } from '../fakes/honestServer.ts';

/** Providers that a test can connect, and the way to them. */
export interface Fleet {
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  /** Two people who have logins at both of its providers, as the field `person` names them. */
  readonly people: readonly [string, string];
  /** A scope of the device maker that may be left out, and what is asked without it. */
  readonly optionalScope: string;
  addProviders(study: Study): Promise<{ readonly deviceID: number; readonly hospitalID: number }>;
  close(): Promise<void>;
}

/** An authorization server that we did not write. */
export async function startHonestFleet(): Promise<Fleet> {
  const server = await startHonestServer();
  return {
    ...honestCatalogue(server, { clientAuthentication: { method: 'client_secret_basic' } }),
    people: ['ada', 'ben'],
    optionalScope: 'sleep',
    addProviders: async (study) => {
      const { recordID, bandID } = await addHonestProviders(study, server);
      return { deviceID: bandID, hospitalID: recordID };
    },
    close: () => server.close(),
  };
}

/** Every fleet, for tests that hold at each. */
export const fleets: readonly (readonly [name: string, start: () => Promise<Fleet>])[] = [
  ['the honest server', startHonestFleet],
];
