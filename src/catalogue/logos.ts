import { record } from '../audit/record.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { sql, type Transaction } from '../platform/storage/database.ts';
import type { ConvertedLogo } from './convertLogo.ts';
import { noSuchProvider } from './errors.ts';

interface LogoChange {
  readonly providerID: number;
  readonly actor: string;
  readonly now: number;
}

/**
 * Makes an image the provider's logo, in place of an earlier one. False when it came from the same file and is the
 * same already, which leaves no trace. Clients that keep the earlier one show it for as long as they were told to.
 *
 * @throws {DomainError} `no-such-provider`
 */
export async function setLogo(
  transaction: Transaction,
  { logo, ...change }: LogoChange & { readonly logo: ConvertedLogo },
): Promise<boolean> {
  await requireProvider(transaction, change.providerID);
  const changed = await transaction.query(sql`
    insert into provider_logos as kept (provider_id, png, digest, source_digest)
    values (${change.providerID}, ${logo.png}, ${logo.digest}, ${logo.sourceDigest})
    on conflict (provider_id) do update
       set png = excluded.png, digest = excluded.digest, source_digest = excluded.source_digest
     where (kept.digest, kept.source_digest) <> (excluded.digest, excluded.source_digest)
    returning provider_id`);
  if (changed.length > 0)
    await recordChange(transaction, change, 'provider-logo.set', { digest: logo.digest.toString('hex') });
  return changed.length > 0;
}

/**
 * Takes the provider's logo away, so that its monogram is shown. False when it has none.
 *
 * @throws {DomainError} `no-such-provider`
 */
export async function removeLogo(transaction: Transaction, change: LogoChange): Promise<boolean> {
  await requireProvider(transaction, change.providerID);
  const removed = await transaction.query(
    sql`delete from provider_logos where provider_id = ${change.providerID} returning provider_id`,
  );
  if (removed.length > 0) await recordChange(transaction, change, 'provider-logo.removed');
  return removed.length > 0;
}

async function requireProvider(transaction: Transaction, providerID: number): Promise<void> {
  const found = await transaction.query(sql`select from providers where provider_id = ${providerID}`);
  if (found.length === 0)
    throw new DomainError(noSuchProvider, `There is no provider with the number ${providerID}.`);
}

function recordChange(
  transaction: Transaction,
  { providerID, actor, now }: LogoChange,
  action: string,
  details: Readonly<Record<string, string>> = {},
): Promise<void> {
  return record(transaction, { actor, action, details: { providerID, ...details }, occurredAt: now });
}
