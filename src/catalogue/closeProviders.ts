import { record } from '../audit/record.ts';
import { sql, type Transaction } from '../platform/storage/database.ts';
import { bumpVersion } from './searchEntries.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';

/**
 * Closes providers for every study, or opens them again; accounts that exist are left alone.
 *
 * `message` is what participants read; null for our own words. An import or a new release does not change it.
 */
export async function closeProviders(
  transaction: Transaction,
  change: {
    readonly providerIDs: readonly number[];
    readonly closed: boolean;
    readonly message: string | null;
    readonly actor: string;
    readonly now: number;
  },
): Promise<void> {
  const { providerIDs, closed, message, actor, now } = change;
  await transaction.query(sql`
    update providers set enabled = ${!closed}, message = ${closed ? message : null}
     where provider_id = any (${providerIDs}::integer[])`);
  await bumpVersion(transaction);
  await record(transaction, {
    actor,
    action: closed ? 'providers.closed' : 'providers.opened',
    details: omitUndefined({ providers: providerIDs.join(', '), message: message ?? undefined }),
    occurredAt: now,
  });
}
