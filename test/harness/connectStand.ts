import type { Page } from 'playwright-core';
import { addRedirectTargets } from '../../src/projects/redirectTargets.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { newProfile, type Profile } from './browser.ts';
import { startBrowserService, type BrowserService } from './browserService.ts';
import type { Fleet } from './fleets.ts';
import { startStudySite, type StudySite } from './studyPage.ts';
import { createTestDatabase } from './testDatabase.ts';
import { watchDoors, type WatchedDoors } from './watchDoors.ts';

/** A participant in front of the page of her study. */
export interface Arrival {
  readonly study: Study;
  readonly participantID: string;
  readonly profile: Profile;
  readonly tab: Page;
  /** Numbers of the providers that she has an account with, oldest first. */
  readonly listConnected: () => Promise<readonly number[]>;
  /** How the journeys of her study stand, oldest first: the outcome, or the phase of one that has not ended. */
  readonly listJourneys: () => Promise<readonly string[]>;
}

/** Everything between a participant and a provider: the study's site, the service, and providers behind watched doors. */
export interface ConnectStand {
  readonly service: BrowserService;
  readonly site: StudySite;
  readonly database: Database;
  readonly fleet: Fleet;
  readonly doors: WatchedDoors;
  /** A maker of devices. */
  readonly deviceID: number;
  /** A hospital. */
  readonly hospitalID: number;
  /**
   * A new participant with a browser of her own. In a study of her own unless told, because nobody at a provider is
   * two participants of one study.
   *
   * @param site of which she sees the page; that of the stand unless given
   */
  arrive(study?: Study, site?: StudySite): Promise<Arrival>;
  /** Accounts of all studies. */
  countAccounts(): Promise<number>;
  close(): Promise<void>;
}

export async function startStand(startFleet: () => Promise<Fleet>): Promise<ConnectStand> {
  const { database } = await createTestDatabase();
  const fleet = await startFleet();
  const providers = await fleet.addProviders(await createStudy(database));
  const doors = watchDoors(fleet.findDoor);
  const { catalogue } = fleet;
  const service = await startBrowserService(database, { catalogue, findDoor: doors.findDoor });
  const ownSite = await startStudySite(`${service.publicUrl}/`);
  return {
    database,
    service,
    site: ownSite,
    fleet,
    doors,
    ...providers,
    arrive: async (study, site = ownSite) => {
      const joined = study ?? (await createStudy(database));
      const { projectID } = joined;
      await listSite(database, joined, site);
      const participantID = await joined.addParticipant();
      const profile = await newProfile();
      await site.signIn(profile, await service.issueParticipantToken(projectID, participantID));
      return {
        study: joined,
        participantID,
        profile,
        tab: await site.open(profile),
        ...readState(database, { projectID, participantID }),
      };
    },
    countAccounts: async () => (await database.query(sql`select from external_accounts`)).length,
    close: async () => {
      await ownSite.close();
      await service.close();
      await fleet.close();
    },
  };
}

/** Journeys of the study may return to the site. */
async function listSite(database: Database, { projectID }: Study, { origin }: StudySite): Promise<void> {
  const change = { projectID, targets: [origin], actor: 'test', now: Date.now() };
  await database.transaction((transaction) => addRedirectTargets(transaction, change));
}

function readState(
  database: Database,
  { projectID, participantID }: { readonly projectID: string; readonly participantID: string },
): Pick<Arrival, 'listConnected' | 'listJourneys'> {
  return {
    listConnected: async () => {
      const rows = await database.query<{ provider_id: number }>(sql`
        select provider_id from external_accounts where participant_id = ${participantID} order by account_id`);
      return rows.map((row) => row.provider_id);
    },
    listJourneys: async () => {
      const rows = await database.query<{ stand: string }>(sql`
        select coalesce(outcome, phase::text) as stand from connect_attempts
         where project_id = ${projectID} order by created_at`);
      return rows.map(({ stand }) => stand);
    },
  };
}
