import { sql, type Queryable } from '../../platform/storage/database.ts';

interface ProviderEndpoint {
  readonly slug: string | undefined;
  readonly fhirBase: string | undefined;
  /** As a directory spells it; undefined where it does so no otherwise. */
  readonly publishedBase: string | undefined;
}

/** By which definition a provider is connected and on which FHIR server it is; undefined when there is no such provider. */
export async function findEndpoint(
  database: Queryable,
  providerID: number,
): Promise<ProviderEndpoint | undefined> {
  const [row] = await database.query<{
    definition: string | null;
    base_url: string | null;
    published_url: string | null;
  }>(sql`
    select definition, base_url, published_url
      from providers left join endpoints using (endpoint_id)
     where provider_id = ${providerID}`);
  return row === undefined
    ? undefined
    : {
        slug: row.definition ?? undefined,
        fhirBase: row.base_url ?? undefined,
        publishedBase: row.published_url ?? undefined,
      };
}
