import { record } from '../audit/record.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { sql, violatedConstraint, type Queryable, type Transaction } from '../platform/storage/database.ts';
import { noSuchProject, projectNameTaken, projectNameUnusable } from './errors.ts';

/** A study. */
export interface Project {
  /** GUID, lower case. */
  readonly projectID: string;
  readonly name: string;
  /** UTC with `Z`. */
  readonly createdAt: string;
}

/** A study that is to be made, and who makes it. */
export interface NewProject {
  /** Lower case; a study that moves in keeps the ID that its clients know. */
  readonly projectID: string;
  readonly name: string;
  readonly actor: string;
  readonly now: number;
}

/**
 * Makes a project, with its audit row in the same transaction.
 *
 * @throws {DomainError} `project-name-taken` when the name or the ID is in use, `project-name-unusable`
 */
export async function createProject(transaction: Transaction, project: NewProject): Promise<Project> {
  const { projectID, name, actor, now } = project;
  refuseUnusableName(name);
  const [created] = await transaction.query<ProjectRow>(sql`
    insert into projects (project_id, name, created_at) values (${projectID}, ${name}, ${new Date(now)})
    on conflict do nothing
    returning project_id, name, created_at`);
  if (created === undefined)
    throw new DomainError(projectNameTaken, 'There is already a project with this name or this ID.');
  await record(transaction, { projectID, actor, action: 'project.created', occurredAt: now });
  return readProject(created);
}

/**
 * Gives a project another name, with its audit row in the same transaction; its own name again changes nothing.
 *
 * @throws {DomainError} `no-such-project`, `project-name-taken`, `project-name-unusable`
 */
export async function renameProject(transaction: Transaction, renaming: NewProject): Promise<Project> {
  const { projectID, name, actor, now } = renaming;
  refuseUnusableName(name);
  // Locked: of two at once, the second must find the name that the first gave, for the trail and for what it answers.
  const [row] = await transaction.query<ProjectRow>(sql`
    select project_id, name, created_at from projects where project_id = ${projectID} for no key update`);
  if (row === undefined) throw absentProject();
  const before = readProject(row);
  if (before.name === name) return before;
  await transaction
    .query(sql`update projects set name = ${name} where project_id = ${projectID}`)
    .catch((error: unknown) => {
      if (violatedConstraint(error) === undefined) throw error;
      throw new DomainError(projectNameTaken, 'There is already a project with this name.');
    });
  const details = { before: before.name, name };
  await record(transaction, { projectID, actor, action: 'project.renamed', details, occurredAt: now });
  return { ...before, name };
}

function refuseUnusableName(name: string): void {
  const length = [...name].length;
  if (length < 1 || length > 200 || name.includes('\0') || name.trim() === '')
    throw new DomainError(projectNameUnusable, 'The name must have 1 to 200 characters.');
}

/** All projects by name. */
export async function listProjects(database: Queryable): Promise<Project[]> {
  const rows = await database.query<ProjectRow>(
    sql`select project_id, name, created_at from projects order by name`,
  );
  return rows.map(readProject);
}

/** The project with this ID (lower case), or undefined. */
export async function findProject(database: Queryable, projectID: string): Promise<Project | undefined> {
  const [row] = await database.query<ProjectRow>(
    sql`select project_id, name, created_at from projects where project_id = ${projectID}`,
  );
  return row && readProject(row);
}

/**
 * The project with this ID (lower case).
 *
 * @throws {DomainError} `no-such-project`
 */
export async function requireProject(database: Queryable, projectID: string): Promise<Project> {
  const project = await findProject(database, projectID);
  if (project === undefined) throw absentProject();
  return project;
}

function absentProject(): DomainError {
  return new DomainError(noSuchProject, 'There is no project with this ID.');
}

interface ProjectRow {
  project_id: string;
  name: string;
  created_at: Date;
}

function readProject(row: ProjectRow): Project {
  return { projectID: row.project_id, name: row.name, createdAt: row.created_at.toISOString() };
}
