import { sql, type Queryable } from '../../platform/storage/database.ts';
import type { Logo } from './encodePng.ts';
import { drawMonogram } from './monogram.ts';

/** The picture of a provider: the one that was stored for it, else its monogram; undefined without a provider. */
export async function findLogo(database: Queryable, providerID: number): Promise<Logo | undefined> {
  const [row] = await database.query<{ name: string; png: Buffer | null; digest: Buffer | null }>(sql`
    select name, png, digest from providers left join provider_logos using (provider_id)
     where provider_id = ${providerID}`);
  if (row === undefined) return undefined;
  const { name, png, digest } = row;
  return png === null || digest === null ? drawMonogram(name) : { png, digest };
}
