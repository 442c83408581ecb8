import { sql, type Queryable } from '../platform/storage/database.ts';

/** Whose grant was ended at a provider, or may have been. */
export interface EndedGrant {
  readonly providerID: number;
  readonly participantID: string;
  /** The provider's name for the person; undefined where it is not known. */
  readonly userID: string | undefined;
}

/**
 * For after a call that ended a grant on which nobody lived before it. Whoever does now has connected while it was out,
 * under any name of the endpoint and in any study, and may have lost with it what she has just agreed to: such accounts
 * are due at once, so that they say so.
 */
export async function fetchSharingSoon(
  database: Queryable,
  { providerID, participantID, userID }: EndedGrant,
  now: number,
): Promise<void> {
  const user = userID ?? null;
  await database.query(sql`
    update external_accounts set next_fetch_at = ${new Date(now)}
     where realm = (select realm from providers where provider_id = ${providerID})
       and (provider_user_id = ${user} or ${user}::text is null and participant_id = ${participantID})
       and replaced_at is null and (next_fetch_at is null or next_fetch_at > ${new Date(now)})
       and exists (select from grants where grants.account_id = external_accounts.account_id)`);
}
