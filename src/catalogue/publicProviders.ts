import type { ProviderCategory, PublicProvider } from '../contract/provider.ts';
import type { Database, PreparedStatement } from '../platform/storage/database.ts';
import { logoUrl } from './offerFacts.ts';

/** The given providers as anybody may see them, in the given order. */
export async function listPublicProviders(
  { database, publicUrl }: { readonly database: Database; readonly publicUrl: string },
  providerIDs: readonly number[],
): Promise<PublicProvider[]> {
  if (providerIDs.length === 0) return [];
  const rows = (await database.prepared(names, [providerIDs])) as [number, string, ProviderCategory][];
  return rows.map(([id, name, category]) => ({
    ID: id,
    OrganizationName: name,
    LogoURL: logoUrl(publicUrl, id),
    Category: category,
  }));
}

const names: PreparedStatement = {
  name: 'public-providers',
  text: `select p.provider_id, p.name, p.category
           from unnest($1::integer[]) with ordinality wanted (provider_id, place)
           join providers p using (provider_id)
          order by place`,
};
