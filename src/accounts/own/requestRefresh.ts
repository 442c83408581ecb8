import type { OfferContext } from '../../catalogue/offerFacts.ts';
import { hasEnded } from '../../catalogue/successors.ts';
import { sql, type Database, type Queryable } from '../../platform/storage/database.ts';
import { changeStatus } from '../changeStatus.ts';

interface RefreshRequest {
  readonly projectID: string;
  readonly participantID: string;
  readonly accountID: number;
  readonly actor: string;
  readonly now: number;
}

/** Why an account that was asked for newer data can have none until it is connected again; in the audit trail. */
const causes = {
  neverAuthorised: 'never-authorised-here',
  authorizationLost: 'connection-ended-by-provider',
} as const;

/**
 * Makes a fetch of the participant's account due at once, and does nothing when one is due or under way already, so
 * that asking often costs no more than asking once. Waits for no provider.
 *
 * For an account that its successor has replaced, the successor is asked for: that is where her newer data are. One
 * without a grant, as an import brings it, and one whose maker has ended the connection become `unauthorized`: clients
 * offer to connect such an account again, and stop asking for it.
 *
 * @returns false when the participant has no such account
 */
export function requestRefresh(
  parts: Pick<OfferContext, 'catalogue'> & { readonly database: Database },
  request: RefreshRequest,
): Promise<boolean> {
  const { projectID, participantID, actor, now } = request;
  return parts.database.transaction(async (transaction) => {
    const accountID = await findLast(transaction, request);
    if (accountID === undefined) return false;
    // Locked, so that one that its successor replaces at this moment is seen as it is then.
    const [account] = await transaction.query<{
      generation: number;
      is_replaced: boolean;
      has_grant: boolean;
      definition: string | null;
    }>(sql`
      select generation, replaced_by is not null as is_replaced,
             exists (select from grants where grants.account_id = account.account_id
                                          and grants.generation = account.generation) as has_grant,
             (select definition from providers where providers.provider_id = account.provider_id) as definition
        from external_accounts account
       where project_id = ${projectID} and participant_id = ${participantID} and account_id = ${accountID}
         for update of account`);
    if (account === undefined) return false;
    const { generation, has_grant: hasGrant, definition } = account;
    // Replaced while we waited: who asks again asks for its successor. One whose successor was deleted has none.
    if (account.is_replaced && (await findLast(transaction, { ...request, accountID })) !== accountID)
      return true;
    const change = { projectID, accountID, generation, actor, now };
    if (!hasGrant)
      await changeStatus(transaction, { ...change, event: 'neverAuthorised', cause: causes.neverAuthorised });
    else if (hasEnded(parts, definition))
      await changeStatus(transaction, {
        ...change,
        event: 'authorizationLost',
        cause: causes.authorizationLost,
      });
    else await changeStatus(transaction, { ...change, event: 'refreshRequested' });
    return true;
  });
}

/** The account itself, or the one that has replaced it in the end; undefined when she has no such account. */
async function findLast(
  database: Queryable,
  { projectID, participantID, accountID }: Pick<RefreshRequest, 'projectID' | 'participantID' | 'accountID'>,
): Promise<number | undefined> {
  const line = await database.query<{ account_id: number }>(sql`
    with recursive line as (
      select account_id, replaced_by from external_accounts
       where project_id = ${projectID} and participant_id = ${participantID} and account_id = ${accountID}
      union
      select newer.account_id, newer.replaced_by from external_accounts newer join line on newer.account_id = line.replaced_by
       where newer.project_id = ${projectID} and newer.participant_id = ${participantID}
    )
    select account_id from line
     where not exists (select from line newer where newer.account_id = line.replaced_by)`);
  return line[0]?.account_id;
}
