import { empty, sql, type Sql, type Transaction } from '../../platform/storage/database.ts';

/** Something that could not keep what the file calls it. */
export interface ImportMapping {
  readonly kind: 'account' | 'participant' | 'provider';
  /** ExternalAccountID, ParticipantID or ProviderID in the file. */
  readonly wanted: number | string;
  /** What it is called here. */
  readonly given: number | string;
}

/** Mappings that a report lists; the rest is counted. */
const mappingsListed = 1000;

/**
 * What was mapped by the import of this transaction: the first thousand, and how many there are. Participants are
 * looked through unless it is known already that all of them are as they were wanted.
 */
export async function listMappings(
  transaction: Transaction,
  projectID: string,
  participantsAsWanted: boolean,
): Promise<{ mappings: ImportMapping[]; mappingCount: number }> {
  const rows = await transaction.query<{
    kind: ImportMapping['kind'];
    wanted: string;
    given: string;
    total: number;
  }>(sql`
    select kind, wanted, given, count(*) over ()::integer as total from (
      select 'account' as kind, wanted_id::text as wanted, account_id::text as given
        from import_accounts where wanted_id <> account_id
      ${participantsAsWanted ? empty : participantMappings(projectID)}
      union all
      select 'provider', wanted_id::text, provider_id::text
        from wanted_providers where wanted_id <> 0 and wanted_id <> provider_id) mappings
     order by kind desc, length(wanted), wanted
     limit ${mappingsListed}`);
  const mappings = rows.map(({ kind, wanted, given }) =>
    kind === 'participant' ? { kind, wanted, given } : { kind, wanted: Number(wanted), given: Number(given) },
  );
  return { mappings, mappingCount: rows[0]?.total ?? 0 };
}

function participantMappings(projectID: string): Sql {
  return sql`
      union all
      select 'participant', wanted.wanted_id::text, person.participant_id::text
        from wanted_participants wanted
        join participants person
          on person.project_id = ${projectID} and person.participant_identifier = wanted.participant_identifier
       where person.participant_id <> wanted.wanted_id`;
}
