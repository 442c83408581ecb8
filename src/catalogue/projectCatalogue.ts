import { record } from '../audit/record.ts';
import { providerCategories, type ProviderCategory } from '../contract/provider.ts';
import { sql, type Queryable, type Transaction } from '../platform/storage/database.ts';

/** Which providers a study uses and shows first. */
export interface ProjectCatalogue {
  /** Others are neither found nor connected. */
  readonly categories: readonly ProviderCategory[];
  /** Whether providers that `providers` does not name may be connected. */
  readonly othersAllowed: boolean;
  /** In ascending order of number. */
  readonly providers: readonly ProviderRule[];
  /** Numbers of providers in the order in which they are shown, by context; the empty one is the default. */
  readonly featured: Readonly<Record<string, readonly number[]>>;
}

type ProviderRule =
  | { readonly providerID: number; readonly allowed: true }
  /** The message is for participants; null for our own words. */
  | { readonly providerID: number; readonly allowed: false; readonly message: string | null };

/** What a study uses that has never said anything: everything. */
export const wholeCatalogue: ProjectCatalogue = {
  categories: providerCategories,
  othersAllowed: true,
  providers: [],
  featured: {},
};

/** What the project uses. */
export async function readProjectCatalogue(
  database: Queryable,
  projectID: string,
): Promise<ProjectCatalogue> {
  const [row] = await database.query<{
    categories: ProviderCategory[] | null;
    others_allowed: boolean | null;
    providers: { providerID: number; allowed: boolean; message: string | null }[];
    featured: { context: string; providers: number[] }[];
  }>(sql`
    select chosen.categories::text[], chosen.others_allowed,
           coalesce((select json_agg(json_build_object('providerID', provider_id, 'allowed', allowed, 'message', message)
                                     order by provider_id)
                       from project_providers where project_id = ${projectID}), '[]') as providers,
           coalesce((select json_agg(list) from (
              select context, json_agg(provider_id order by position) as providers from featured_providers
               where project_id = ${projectID} group by context order by context) list), '[]') as featured
      from (select) one left join project_catalogues chosen on project_id = ${projectID}`);
  if (row === undefined) return wholeCatalogue;
  return {
    categories: row.categories ?? wholeCatalogue.categories,
    othersAllowed: row.others_allowed ?? wholeCatalogue.othersAllowed,
    providers: row.providers.map(({ providerID, allowed, message }) =>
      allowed ? { providerID, allowed } : { providerID, allowed, message },
    ),
    featured: Object.fromEntries(row.featured.map(({ context, providers }) => [context, providers])),
  };
}

interface CatalogueChange {
  readonly projectID: string;
  /** Given what the project uses, gives what it shall use. */
  readonly change: (current: ProjectCatalogue) => ProjectCatalogue;
  readonly actor: string;
  readonly now: number;
}

/** Changes what a project uses, one change after the other, with its audit row; gives the result. */
export async function changeProjectCatalogue(
  transaction: Transaction,
  { projectID, change, actor, now }: CatalogueChange,
): Promise<ProjectCatalogue> {
  // Two changes at once would each be made from what the other has not written yet.
  await transaction.query(sql`select from projects where project_id = ${projectID} for no key update`);
  const next = change(await readProjectCatalogue(transaction, projectID));
  await transaction.query(sql`
    insert into project_catalogues (project_id, categories, others_allowed)
    values (${projectID}, ${next.categories}::provider_category[], ${next.othersAllowed})
    on conflict (project_id) do update
       set categories = excluded.categories, others_allowed = excluded.others_allowed`);
  await transaction.query(sql`delete from project_providers where project_id = ${projectID}`);
  await transaction.query(sql`
    insert into project_providers (project_id, provider_id, allowed, message)
    select ${projectID}, "providerID", allowed, message
      from json_to_recordset(${JSON.stringify(next.providers)}) as rule ("providerID" integer, allowed boolean, message text)`);
  await transaction.query(sql`delete from featured_providers where project_id = ${projectID}`);
  await transaction.query(sql`
    insert into featured_providers (project_id, context, position, provider_id)
    select ${projectID}, context, position, provider_id::integer
      from json_each(${JSON.stringify(next.featured)}) list (context, ids),
           json_array_elements_text(ids) with ordinality item (provider_id, position)`);
  await record(transaction, {
    projectID,
    actor,
    action: 'catalogue.changed',
    details: {
      categories: next.categories.join(', '),
      othersAllowed: next.othersAllowed,
      allowed: next.providers.filter(({ allowed }) => allowed).length,
      refused: next.providers.filter(({ allowed }) => !allowed).length,
      featured: Object.values(next.featured).flat().length,
    },
    occurredAt: now,
  });
  return next;
}
