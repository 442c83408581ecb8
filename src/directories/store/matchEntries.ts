import { sql, type Transaction } from '../../platform/storage/database.ts';
import { countRows } from './countRows.ts';

/**
 * Gives every staged entry its endpoint and its provider's number, a new one where there is none yet.
 *
 * A provider is the same one by its source key; else by endpoint and name, so that an organisation that another
 * format or another bundle lists as well is one provider. Numbers come from the sequence in the order of the
 * entries, and only for those that have none: an import that changes nothing uses none up.
 *
 * @returns how many endpoints' FHIR version was corrected
 */
export async function matchEntries(transaction: Transaction, format: string): Promise<number> {
  const corrected = await storeEndpoints(transaction);
  await transaction.query(sql`
    update staged_entries s set provider_id = p.provider_id
      from providers p where p.source = ${format} and p.source_key = s.source_key`);
  await transaction.query(sql`
    update staged_entries s set provider_id = found.provider_id
      from (select s.ordinal, p.provider_id,
                   row_number() over (partition by p.provider_id order by s.ordinal) as claim,
                   row_number() over (partition by s.ordinal order by p.provider_id) as choice
              from staged_entries s
              join providers p on p.endpoint_id = s.endpoint_id and lower(p.name) = lower(s.name)
             where s.provider_id is null and p.source <> 'built-in' and p.category = s.category
               and not exists (select from staged_entries claimed where claimed.provider_id = p.provider_id)) found
     where s.ordinal = found.ordinal and claim = 1 and choice = 1`);
  await numberNewOnes(transaction);
  // What follows looks entries up by their provider, in tables that may have had no row a moment ago.
  await transaction.query(sql`create unique index on staged_entries (provider_id)`);
  await transaction.query(sql`analyze staged_entries`);
  return corrected;
}

/** Looked for before they are inserted: a conflict would use up a number. */
async function storeEndpoints(transaction: Transaction): Promise<number> {
  await transaction.query(sql`
    insert into endpoints (base_url, fhir_version)
    select distinct on (endpoint) endpoint, fhir_version
      from staged_entries
     where not exists (select from endpoints where base_url = endpoint)
     order by endpoint, fhir_version is null, ordinal`);
  const corrected = await countRows(
    transaction,
    sql`update endpoints e set fhir_version = said.fhir_version
          from (select distinct on (endpoint) endpoint, fhir_version
                  from staged_entries where fhir_version is not null order by endpoint, ordinal) said
         where e.base_url = said.endpoint and e.fhir_version is distinct from said.fhir_version
        returning 1`,
  );
  await transaction.query(sql`
    update staged_entries s set endpoint_id = e.endpoint_id from endpoints e where e.base_url = s.endpoint`);
  await transaction.query(sql`analyze staged_entries`);
  return corrected;
}

/** Draws from the sequence until no number is one that an import of accounts has brought from elsewhere. */
async function numberNewOnes(transaction: Transaction): Promise<void> {
  let taken: number;
  do {
    await transaction.query(sql`
      update staged_entries s set provider_id = n.provider_id, is_new = true
        from (select ordinal, nextval('provider_numbers')::integer as provider_id
                from (select ordinal from staged_entries where provider_id is null order by ordinal) as unnumbered) as n
       where n.ordinal = s.ordinal`);
    taken = await countRows(
      transaction,
      sql`update staged_entries s set provider_id = null
           where s.is_new and exists (select from providers p where p.provider_id = s.provider_id)
          returning 1`,
    );
  } while (taken > 0);
}
