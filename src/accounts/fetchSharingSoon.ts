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
  await database.query(
    sql`select fetch_sharing_soon(${providerID}, ${userID ?? null}, ${participantID}, ${new Date(now)})`,
  );
}
