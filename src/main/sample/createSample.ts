import { Readable } from 'node:stream';
import {
  importAccounts,
  type AccountImport,
  type AccountImportReport,
} from '../../accounts/importAccounts.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { invalidRequest } from '../../platform/http/errors.ts';
import { BadLines } from '../../platform/intake/badLines.ts';
import { sql, type Database } from '../../platform/storage/database.ts';
import { requireProject } from '../../projects/projects.ts';
import { projectNotEmpty } from './errors.ts';
import { generateStudy, sampleAccountsMax, type SampleRecipe } from './generateStudy.ts';

/** A sample study and the project that it goes into. */
export interface SampleRequest
  extends SampleRecipe, Pick<AccountImport, 'clock' | 'random' | 'actor' | 'onProgress'> {}

/**
 * Fills an empty project with a study of invented people, all of it or nothing, the way an import would.
 *
 * The same project, seed and number give the same rows in every installation whose catalogue has numbered
 * nothing else. Only a project without participants is filled: nobody shall ever have to tell invented people
 * from real ones.
 *
 * @throws {DomainError} `no-such-project`, `project-not-empty`, or `invalid-request` when `accounts` is not a
 *   whole number from 1 to 10 million
 */
export async function createSample(database: Database, request: SampleRequest): Promise<AccountImportReport> {
  const { projectID, accounts } = request;
  if (!Number.isInteger(accounts) || accounts < 1 || accounts > sampleAccountsMax)
    throw new DomainError(
      invalidRequest,
      `A sample has from 1 to ${sampleAccountsMax.toLocaleString('en-US')} accounts.`,
    );
  await requireProject(database, projectID);
  await requireEmpty(database, projectID);
  const outcome = await importAccounts(database, {
    ...request,
    rows: Readable.from(generateStudy(request)),
    badLines: new BadLines(),
    source: { name: 'sample' },
  });
  if (outcome.outcome === 'imported') return outcome.report;
  // Two samples of one project at the same moment: the second one finds the people of the first.
  await requireEmpty(database, projectID);
  const [first] = outcome.badLines;
  throw new Error(
    `A generated account was refused: ${first?.column ?? 'line'} ${first?.line ?? 0}: ${first?.reason ?? ''}`,
  );
}

async function requireEmpty(database: Database, projectID: string): Promise<void> {
  const [found] = await database.query(sql`select from participants where project_id = ${projectID} limit 1`);
  if (found !== undefined)
    throw new DomainError(
      projectNotEmpty,
      'The project already has participants. A sample is only made in a project that has none.',
    );
}
