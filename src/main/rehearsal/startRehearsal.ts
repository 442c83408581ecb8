import type { Random } from '../../platform/random/random.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Config } from '../config.ts';
import { readKeyFile } from '../keyFiles.ts';
import { requestParticipantToken, requestToken } from '../requestToken.ts';
import type { SampleStudy } from '../sampleStudy.ts';
import { allowStudySite } from './allowStudySite.ts';
import { ensureParticipant } from './ensureParticipant.ts';
import { portNear } from './portNear.ts';
import { startStudySite, type StudySite } from './studySite.ts';

/** The running service, and its sample study whose web site is played. */
export interface RehearsalOptions {
  readonly database: Database;
  readonly config: Config;
  readonly sample: SampleStudy;
  /** Where the service is, without a trailing slash. */
  readonly serviceUrl: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Starts the web site of the sample study for a running service, on the second port after the service's or else any
 * free one, with the participant whose page it is. Participants of the study may return to it.
 */
export async function startRehearsal(options: RehearsalOptions): Promise<StudySite> {
  const { database, config, sample, serviceUrl: url, clock, random } = options;
  const study = { database, projectID: sample.projectID, clock, random };
  const participantID = await ensureParticipant(study);
  const site = await startStudySite({
    port: portNear(config, 2),
    serviceUrl: url,
    // As a study's backend does it: over HTTP, with the key of its service account.
    getToken: async () => {
      const privateKey = await readKeyFile(sample.keyFile);
      const request = { privateKey, account: sample.serviceAccount, url, clock, random };
      return requestParticipantToken({ serviceToken: await requestToken(request), participantID, url });
    },
  });
  try {
    await allowStudySite(study, site.origin);
  } catch (error) {
    await site.close();
    throw error;
  }
  return site;
}
