import { access } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { generateKeyPair } from '../access/generateKeyPair.ts';
import { parsePublicKey } from '../access/publicKey.ts';
import { createServiceAccount } from '../access/serviceAccounts.ts';
import { createProject, listProjects } from '../projects/projects.ts';
import type { Random } from '../platform/random/random.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { writePrivateKey } from './keyFiles.ts';
import { createSample } from './sample/createSample.ts';
import { generateStudy } from './sample/generateStudy.ts';

/** The study that `npm start` makes on a machine that has none. */
const sample = {
  // The same on every machine, so that the commands of the guide can be copied as they are.
  projectID: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  name: 'River Heart Study (sample)',
  serviceAccount: 'Tributary.sample',
  participants: 500,
  seed: '1',
};
const actor = 'service';

export interface SampleStudy {
  readonly projectID: string;
  readonly serviceAccount: string;
  /** Relative to the working directory, for copying into a shell. */
  readonly keyFile: string;
}

export interface SampleOptions {
  readonly database: Database;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Makes the sample study when the installation has no project at all, and finds it again on later starts.
 * Undefined when the installation has other projects, or the sample's key is gone: it is in use then.
 */
export async function ensureSampleStudy(options: SampleOptions): Promise<SampleStudy | undefined> {
  const { database, dataDirectory, clock, random } = options;
  const projects = await listProjects(database);
  const path = join(dataDirectory, 'keys', `${sample.serviceAccount}.pem`);
  const existing = projects.find(({ projectID }) => projectID === sample.projectID);
  if (existing !== undefined) {
    const kept = await access(path).then(
      () => true,
      () => false,
    );
    return kept ? describe(path) : undefined;
  }
  if (projects.length > 0) return undefined;

  const { projectID } = sample;
  const now = clock.now();
  await database.transaction((transaction) =>
    createProject(transaction, { projectID, name: sample.name, actor, now }),
  );
  await createSample(database, {
    projectID,
    accounts: countAccounts(),
    seed: sample.seed,
    clock,
    random,
    actor,
  });
  const pair = await generateKeyPair();
  const publicKey = await parsePublicKey(pair.publicKey);
  await database.transaction(async (transaction) => {
    await createServiceAccount(transaction, {
      projectID,
      name: sample.serviceAccount,
      publicKeys: [publicKey],
      random,
      actor,
      now,
    });
    await writePrivateKey(dataDirectory, sample.serviceAccount, pair.privateKey);
  });
  return describe(path);
}

function describe(path: string): SampleStudy {
  const here = relative('.', path);
  return {
    projectID: sample.projectID,
    serviceAccount: sample.serviceAccount,
    keyFile: here.startsWith('..') ? path : here,
  };
}

/** How many accounts the wanted number of participants has: a longer study only continues a shorter one. */
function countAccounts(): number {
  const { projectID, seed, participants } = sample;
  const seen = new Set<string>();
  let accounts = 0;
  for (const account of generateStudy({ projectID, seed, accounts: participants * 5 })) {
    seen.add(account.participantIdentifier);
    if (seen.size > participants) break;
    accounts++;
  }
  return accounts;
}
