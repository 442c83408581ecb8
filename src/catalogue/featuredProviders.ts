import { record } from '../audit/record.ts';
import { defineLock, takeLock } from '../platform/storage/advisoryLock.ts';
import {
  sql,
  type Database,
  type PreparedStatement,
  type Transaction,
} from '../platform/storage/database.ts';

/**
 * Numbers of the providers that are shown before any search, in order: the project's for this context, else the
 * project's default ones, else the installation's. Without a project only the installation's are looked at.
 */
export async function findFeatured(
  database: Database,
  projectID: string | null,
  context: string,
): Promise<number[]> {
  const rows = (await database.prepared(featured, [projectID, context])) as [number][];
  return rows.map(([providerID]) => providerID);
}

const featured: PreparedStatement = {
  name: 'featured-providers',
  text: `with list as (
           select project_id, context from featured_providers
            where (project_id = $1 or project_id is null) and context in ($2, '')
            order by project_id is null, context = ''
            limit 1)
         select f.provider_id
           from featured_providers f
           join list on f.project_id is not distinct from list.project_id and f.context = list.context
           join providers p on p.provider_id = f.provider_id and p.retired_at is null
          order by f.position`,
};

/** Held while the installation's lists change: two at once would each add theirs to what both took for gone. */
const featuredLock = defineLock(7_421_001, 4);

/** Says what is featured for all projects without a list of their own; an empty list ends it. */
export async function featureForAll(
  transaction: Transaction,
  list: {
    readonly context: string;
    readonly providerIDs: readonly number[];
    readonly actor: string;
    readonly now: number;
  },
): Promise<void> {
  const { context, providerIDs, actor, now } = list;
  await takeLock(transaction, featuredLock);
  await transaction.query(
    sql`delete from featured_providers where project_id is null and context = ${context}`,
  );
  await transaction.query(sql`
    insert into featured_providers (project_id, context, position, provider_id)
    select null, ${context}, position, provider_id
      from unnest(${[...new Set(providerIDs)]}::integer[]) with ordinality item (provider_id, position)`);
  await record(transaction, {
    actor,
    action: 'catalogue.featured',
    details: { context, providers: providerIDs.join(', ') },
    occurredAt: now,
  });
}
