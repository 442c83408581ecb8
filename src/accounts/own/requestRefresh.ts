import { sql, type Database } from '../../platform/storage/database.ts';
import { changeStatus } from '../changeStatus.ts';

interface RefreshRequest {
  readonly projectID: string;
  readonly participantID: string;
  readonly accountID: number;
  readonly actor: string;
  readonly now: number;
}

/**
 * Makes a fetch of the participant's account due at once, and does nothing when one is due or under way already, so
 * that asking often costs no more than asking once. Waits for no provider.
 *
 * Only an account with a grant can be fetched. One that lost its authorization, that its successor has replaced, or
 * that an import brought without a grant stays as it is: it would be `fetchingData` for ever, and its last outcome
 * would be hidden.
 *
 * @returns false when the participant has no such account
 */
export function requestRefresh(database: Database, request: RefreshRequest): Promise<boolean> {
  const { projectID, participantID, accountID, actor, now } = request;
  return database.transaction(async (transaction) => {
    // Locked, so that one that its successor replaces at this moment is seen as it is then.
    const [account] = await transaction.query<{ generation: number; can_be_fetched: boolean }>(sql`
      select generation,
             replaced_by is null and exists (select from grants
                                              where grants.account_id = account.account_id
                                                and grants.generation = account.generation) as can_be_fetched
        from external_accounts account
       where project_id = ${projectID} and participant_id = ${participantID} and account_id = ${accountID}
         for update of account`);
    if (account === undefined) return false;
    if (!account.can_be_fetched) return true;
    await changeStatus(transaction, {
      projectID,
      accountID,
      generation: account.generation,
      event: 'refreshRequested',
      actor,
      now,
    });
    return true;
  });
}
