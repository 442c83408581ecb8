import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import type { FindDoor } from '../../src/catalogue/providerDoor.ts';
import type { Database } from '../../src/platform/storage/database.ts';
import { addRedirectTargets } from '../../src/projects/redirectTargets.ts';
import { addHonestProviders, honestCatalogue } from '../builders/honestCatalogue.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { decideAtHonest, startHonestServer } from '../fakes/honestServer.ts';
import { createPlainBrowser } from '../fakes/plainBrowser.ts';
import { studyOrigin } from './journeyBrowser.ts';
import { createTestDatabase } from './testDatabase.ts';
import { startTestService, type TestService } from './testService.ts';

/** What a participant does on the page of a provider. */
export interface Decision {
  /** One of the people with a login there; the first unless given. */
  readonly person?: number;
  /** Scopes that stay ticked; all that are offered unless given. */
  readonly scopes?: readonly string[];
  readonly decision?: 'allow' | 'deny';
}

/** A provider that a study can connect, and what it is told apart by. */
export interface WorldProvider {
  readonly providerID: number;
  readonly name: string;
  /** Granted when everything is agreed to. */
  readonly scopes: readonly string[];
  /** A part of them that can be granted alone. */
  readonly part: readonly string[];
}

/** Our service, and authorization servers for it: every test of a journey runs in each world. */
export interface World {
  readonly database: Database;
  readonly service: TestService;
  readonly study: Study;
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  readonly device: WorldProvider;
  readonly record: WorldProvider;
  /** From the address to which she is sent to the one to which the provider sends her back. */
  decide(address: string, decision?: Decision): Promise<string>;
  /** Token requests that the provider has seen, whatever it answered. */
  tokenRequests(): number;
  /** Whether the provider would still accept what it gave for the latest consent. */
  isLatestGrantAlive(): boolean;
  close(): Promise<void>;
}

export const worlds: readonly (readonly [name: string, open: () => Promise<World>])[] = [
  ['oidc-provider', openHonestWorld],
];

async function openHonestWorld(): Promise<World> {
  const { database } = await createTestDatabase();
  const server = await startHonestServer();
  const offered = honestCatalogue(server, { clientAuthentication: { method: 'client_secret_basic' } });
  const service = await startTestService(database, offered);
  const study = await createStudy(database);
  const { recordID, bandID } = await addHonestProviders(study, server);
  await allowStudyPage(database, study);
  const people = ['ada', 'ben', 'cleo'];
  return {
    ...{ database, service, study, ...offered },
    device: {
      ...{ providerID: bandID, name: 'Honest Band' },
      scopes: ['openid', 'profile', 'offline_access', 'activity', 'sleep'],
      part: ['openid', 'offline_access', 'sleep'],
    },
    record: {
      ...{ providerID: recordID, name: 'Honest Clinic' },
      scopes: ['launch/patient', 'openid', 'fhirUser', 'offline_access', 'patient/*.rs'],
      part: ['launch/patient', 'openid', 'fhirUser', 'offline_access', 'patient/Observation.rs'],
    },
    decide: async (address, { person = 0, ...decision } = {}) => {
      const visit = await decideAtHonest(createPlainBrowser(), address, {
        person: people[person]!,
        ...decision,
      });
      if (visit.location === undefined) throw new Error(`stays at ${visit.url}: ${visit.status}`);
      return visit.location;
    },
    tokenRequests: () => server.ledger.tokenRequests.length,
    isLatestGrantAlive: () =>
      server.ledger.tokens.findLast(({ kind }) => kind === 'RefreshToken')?.state === 'alive',
    close: async () => {
      await service.close();
      await server.close();
    },
  };
}

/** The study's own page may be returned to, and an app. */
export async function allowStudyPage(database: Database, { projectID }: Study): Promise<void> {
  await database.transaction((transaction) =>
    addRedirectTargets(transaction, {
      ...{ projectID, targets: [studyOrigin, 'myapp:'], actor: 'test', now: 0 },
    }),
  );
}
