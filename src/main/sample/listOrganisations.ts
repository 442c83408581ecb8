import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { importProviders } from '../../directories/importProviders.ts';
import { recogniseVendor } from '../../definitions/recogniseVendor.ts';
import { sql, type Database, type Transaction } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { organisationDirectory, writeOrganisationDirectory } from './organisationDirectory.ts';

/** Under this name the sample's organisations stand in the catalogue. */
const directory = 'sample';
const actor = 'service';

/** The catalogue that lists them, and by whose definitions their vendors are recognised. */
export interface OrganisationListing {
  readonly database: Database;
  readonly definitions: ReadonlyMap<string, NamedDefinition>;
  readonly clock: Clock;
}

/**
 * Makes the sample's organisations ones that participants find and can connect, the way an import of a directory does
 * it. Those that only the sample's accounts have named so far get their addresses and keep their numbers. Changes
 * nothing, and leaves no audit row, where they are there already.
 */
export async function listOrganisations(listing: OrganisationListing): Promise<void> {
  const { database } = listing;
  if ((await countListed(listing)) === organisationDirectory.length) return;
  await database.transaction(placeNamed);
  await importDirectory(listing, writeOrganisationDirectory());
}

/**
 * Takes them off the catalogue again: where no sandbox plays them, an invented hospital must not be found by
 * participants of real studies. They keep their numbers, and come back when they are listed again.
 */
export async function retireOrganisations(listing: OrganisationListing): Promise<void> {
  const [listed] = await listing.database.query(
    sql`select from directory_listings where directory = ${directory} limit 1`,
  );
  if (listed !== undefined) await importDirectory(listing, 'name,endpoint\n');
}

async function importDirectory(
  { database, definitions, clock }: OrganisationListing,
  text: string,
): Promise<void> {
  const files = [{ name: 'sample.csv', bytes: Buffer.from(text) }];
  await importProviders(database, {
    format: 'csv',
    directory,
    files,
    definitions,
    clock,
    actor,
    allowEmpty: true,
  });
}

/** How many stand there as they should, by the definitions of this release. */
async function countListed({ database, definitions }: OrganisationListing): Promise<number> {
  const wanted = organisationDirectory.map((organisation) => ({
    ...organisation,
    definition: recogniseVendor(definitions.values(), organisation),
  }));
  const [row] = await database.query<{ listed: number }>(sql`
    select count(*)::integer as listed
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
             as wanted (name text, category provider_category, endpoint text, definition text)
      join endpoints e on e.base_url = wanted.endpoint
      join providers p on p.endpoint_id = e.endpoint_id and p.name = wanted.name and p.category = wanted.category
                      and p.definition = wanted.definition and p.retired_at is null
      join directory_listings l on l.provider_id = p.provider_id and l.directory = ${directory}`);
  return row?.listed ?? 0;
}

/** Gives providers that an import of the sample's accounts has named their server, by which a directory knows them. */
async function placeNamed(transaction: Transaction): Promise<void> {
  const wanted = JSON.stringify(organisationDirectory);
  const organisations = sql`
    jsonb_to_recordset(${wanted}::jsonb) as wanted (name text, category provider_category, endpoint text)`;
  await transaction.query(sql`
    insert into endpoints (base_url, fhir_version) select distinct endpoint, 'R4' from ${organisations}
    on conflict (base_url) do nothing`);
  await transaction.query(sql`
    update providers p set endpoint_id = e.endpoint_id
      from ${organisations} join endpoints e on e.base_url = wanted.endpoint
     where p.name = wanted.name and p.category = wanted.category
       and p.source = 'import' and p.endpoint_id is null`);
}
