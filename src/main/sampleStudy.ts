import { createPublicKey } from 'node:crypto';
import { relative } from 'node:path';
import { generateKeyPair } from '../access/generateKeyPair.ts';
import { parsePublicKey } from '../access/publicKey.ts';
import { addPublicKey, createServiceAccount, listServiceAccounts } from '../access/serviceAccounts.ts';
import { createProject, listProjects } from '../projects/projects.ts';
import type { Random } from '../platform/random/random.ts';
import { sql, type Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { keyPath, readKeyFile, withPrivateKey } from './keyFiles.ts';
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

/** The study that `serve --with-sample` made, or made at an earlier start, and how its API is reached. */
export interface SampleStudy {
  readonly projectID: string;
  readonly serviceAccount: string;
  /** Relative to the working directory, for copying into a shell. */
  readonly keyFile: string;
}

interface SampleOptions {
  readonly database: Database;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Makes the sample study in an installation that has no project, and finds it again on later starts. What an
 * interrupted start left out is made good, so that what is printed always works.
 *
 * Undefined when the installation has other projects only, or somebody has taken the sample's service account
 * into use with keys of their own.
 */
export async function ensureSampleStudy(options: SampleOptions): Promise<SampleStudy | undefined> {
  const { database, clock, random } = options;
  const { projectID, name, seed } = sample;
  const projects = await listProjects(database);
  if (!projects.some((project) => project.projectID === projectID)) {
    if (projects.length > 0) return undefined;
    await database.transaction((transaction) =>
      createProject(transaction, { projectID, name, actor, now: clock.now() }),
    );
  }
  if (!(await hasParticipants(database, projectID)))
    await createSample(database, { projectID, accounts: countAccounts(), seed, clock, random, actor });
  const path = await ensureKey(options);
  return path === undefined ? undefined : describe(path);
}

/** The file of a live key of the sample's service account; both are made where they are missing. */
async function ensureKey({
  database,
  dataDirectory,
  clock,
  random,
}: SampleOptions): Promise<string | undefined> {
  const { projectID, serviceAccount: name } = sample;
  const account = (await listServiceAccounts(database, projectID)).find((one) => one.name === name);
  const live = account?.keys.filter((key) => key.revokedAt === undefined) ?? [];
  const kept = keyPath(dataDirectory, name);
  const thumbprint = await readThumbprint(kept);
  if (thumbprint !== undefined && live.some((key) => key.thumbprint === thumbprint)) return kept;
  if (account !== undefined && (account.revokedAt !== undefined || live.length > 0)) return undefined;

  const pair = await generateKeyPair();
  const publicKey = await parsePublicKey(pair.publicKey);
  const change = { projectID, name, actor, now: clock.now(), random };
  // A file that is there belongs to another installation: it is left alone.
  const fileName = thumbprint === undefined ? name : `${name}-${publicKey.thumbprint.slice(0, 8)}`;
  return withPrivateKey(dataDirectory, fileName, pair.privateKey, () =>
    database.transaction(async (transaction) => {
      if (account === undefined)
        await createServiceAccount(transaction, { ...change, publicKeys: [publicKey] });
      else await addPublicKey(transaction, { ...change, publicKey });
    }),
  );
}

async function readThumbprint(path: string): Promise<string | undefined> {
  const pem = await readKeyFile(path).catch(() => undefined);
  if (pem === undefined) return undefined;
  return findThumbprint(pem).catch(() => 'none: the file holds no key');
}

async function findThumbprint(privateKey: string): Promise<string> {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
  return (await parsePublicKey(spki.toString())).thumbprint;
}

async function hasParticipants(database: Database, projectID: string): Promise<boolean> {
  const rows = await database.query(sql`select from participants where project_id = ${projectID} limit 1`);
  return rows.length > 0;
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
