import { sql, type Transaction } from '../platform/storage/database.ts';
import type { ConnectionSubject } from './connection.ts';
import type { SealedGrant } from './grant.ts';

/**
 * How long a sealed copy lives at the most, however many wait before it (DELETE-GIVES-BACK); the day of trying begins when
 * its turn has come.
 */
const revocationLifetime = '30 days';

/**
 * Takes an account's grant out of use and queues it to be given back at the provider, sealed as it is. Part of the
 * transaction that ends the account or its consent; `runRevocations` makes the call. An account without a grant
 * queues nothing.
 */
export async function queueRevocation(
  transaction: Transaction,
  { projectID, accountID, now }: { projectID: string; accountID: number; now: number },
): Promise<void> {
  await transaction.query(sql`
    with given_up as (
      delete from grants using external_accounts account
       where grants.account_id = ${accountID} and account.account_id = grants.account_id
         and account.project_id = ${projectID}
      returning account.participant_id, account.provider_id, account.provider_user_id, grants.*
    )
    insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                             provider_user_id, key_id, wrapped_key, access_token, refresh_token, access_expires_at,
                             created_at, due_at, expires_at)
    select gen_random_uuid(), ${projectID}, account_id, generation, version, participant_id, provider_id,
           provider_user_id, key_id, wrapped_key, access_token, refresh_token, access_expires_at, ${new Date(now)}::timestamptz, ${new Date(now)}::timestamptz,
           ${new Date(now)}::timestamptz + ${revocationLifetime}::interval
      from given_up`);
}

/** A grant that became no account. */
export interface UnusedGrant extends ConnectionSubject {
  /** What it was sealed for. */
  readonly accountID: number;
  readonly generation: number;
  /** The provider's name for the person, where it was told before the journey failed. */
  readonly userID: string | undefined;
  readonly grant: SealedGrant;
  readonly now: number;
}

/** The same for a grant that never became an account's. */
export async function queueUnusedGrant(transaction: Transaction, unused: UnusedGrant): Promise<void> {
  const { grant, now } = unused;
  const expiry = grant.accessExpiresAt === undefined ? null : new Date(grant.accessExpiresAt);
  await transaction.query(sql`
    insert into revocations (revocation_id, project_id, account_id, generation, version, participant_id, provider_id,
                             provider_user_id, key_id, wrapped_key, access_token, refresh_token, access_expires_at,
                             created_at, due_at, expires_at)
    values (gen_random_uuid(), ${unused.projectID}, ${unused.accountID}, ${unused.generation}, 1,
            ${unused.participantID}, ${unused.providerID}, ${unused.userID ?? null}, ${grant.keyID}, ${grant.wrappedKey},
            ${grant.accessToken}, ${grant.refreshToken ?? null}, ${expiry}::timestamptz, ${new Date(now)}, ${new Date(now)},
            ${new Date(now)}::timestamptz + ${revocationLifetime}::interval)`);
}
