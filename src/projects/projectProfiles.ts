import { record } from '../audit/record.ts';
import { raw, sql, type Queryable, type Transaction } from '../platform/storage/database.ts';
import { requireProject } from './projects.ts';

/** What a study says of itself to its participants; null where it has said nothing. */
export interface ProjectProfile {
  readonly code: string | null;
  readonly type: string | null;
  readonly description: string | null;
  readonly supportEmail: string | null;
  readonly supportPhone: string | null;
  readonly learnMoreLink: string | null;
  readonly learnMoreTitle: string | null;
  /** GUID, lower case. */
  readonly organizationID: string | null;
  readonly organizationName: string | null;
  readonly organizationDescription: string | null;
  /** `#rrggbb`, lower case. */
  readonly organizationColor: string | null;
}

/** The picture of a study's organization, as it is served. */
export interface ProjectLogo {
  readonly png: Buffer;
  /** SHA-256 of `png`. */
  readonly digest: Buffer;
}

const columns: Readonly<Record<keyof ProjectProfile, string>> = {
  code: 'code',
  type: 'type',
  description: 'description',
  supportEmail: 'support_email',
  supportPhone: 'support_phone',
  learnMoreLink: 'learn_more_link',
  learnMoreTitle: 'learn_more_title',
  organizationID: 'organization_id',
  organizationName: 'organization_name',
  organizationDescription: 'organization_description',
  organizationColor: 'organization_color',
};

const selected = raw(
  Object.entries(columns)
    .map(([name, column]) => `profile.${column} as "${name}"`)
    .join(', '),
);

/** Name and profile of a project; undefined when there is none. */
export async function findProjectProfile(
  database: Queryable,
  projectID: string,
): Promise<(ProjectProfile & { readonly name: string }) | undefined> {
  const [row] = await database.query<ProjectProfile & { name: string }>(sql`
    select project.name, ${selected}
      from projects project left join project_profiles profile using (project_id)
     where project_id = ${projectID}`);
  return row;
}

/** The organization's name and its logo, which is undefined where none was given; undefined without a project. */
export async function findProjectLogo(
  database: Queryable,
  projectID: string,
): Promise<{ readonly name: string; readonly logo: ProjectLogo | undefined } | undefined> {
  const [row] = await database.query<{ name: string; png: Buffer | null; digest: Buffer | null }>(sql`
    select coalesce(organization_name, name) as name, logo as png, logo_digest as digest
      from projects left join project_profiles using (project_id)
     where project_id = ${projectID}`);
  if (row === undefined) return undefined;
  const { name, png, digest } = row;
  return { name, logo: png === null || digest === null ? undefined : { png, digest } };
}

/** What a study says of itself from now on. */
export interface ProjectDescription {
  readonly projectID: string;
  /** What is left out stays; null takes it away. */
  readonly change: Partial<ProjectProfile>;
  readonly logo?: ProjectLogo | undefined;
  readonly actor: string;
  readonly now: number;
}

/**
 * Changes what a study says of itself, with its audit row in the same transaction.
 *
 * @throws {DomainError} `no-such-project`
 */
export async function describeProject(
  transaction: Transaction,
  { projectID, change, logo, actor, now }: ProjectDescription,
): Promise<void> {
  await requireProject(transaction, projectID);
  await transaction.query(
    sql`insert into project_profiles (project_id) values (${projectID}) on conflict do nothing`,
  );
  for (const [name, value] of Object.entries(change))
    await transaction.query(sql`
      update project_profiles set ${raw(columns[name as keyof ProjectProfile])} = ${value}
       where project_id = ${projectID}`);
  if (logo !== undefined)
    await transaction.query(sql`
      update project_profiles set logo = ${logo.png}, logo_digest = ${logo.digest} where project_id = ${projectID}`);
  const fields = [...Object.keys(change), ...(logo === undefined ? [] : ['logo'])].join(', ');
  await record(transaction, {
    projectID,
    actor,
    action: 'project.described',
    details: { fields },
    occurredAt: now,
  });
}
