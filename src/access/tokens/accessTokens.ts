import { record } from '../../audit/record.ts';
import type { Random } from '../../platform/random/random.ts';
import { sql, type Transaction } from '../../platform/storage/database.ts';
import type { AuthenticatedClient } from '../assertions/clientAssertion.ts';
import { digestToken, makeToken } from './opaqueToken.ts';

/** What a service account calls itself in the audit trail. */
export function actorOf(name: string): string {
  return `service-account:${name}`;
}

/**
 * A new access token for the client's project, as the only copy of it: 256 random bits that mean nothing by
 * themselves, of which the database keeps a SHA-256.
 *
 * Opaque and not a JWT, because it has to stop within seconds when its account or key is revoked, and then a
 * look-up is needed anyway.
 */
export async function issueAccessToken(
  transaction: Transaction,
  issue: {
    readonly client: AuthenticatedClient;
    readonly lifetimeS: number;
    readonly now: number;
    readonly random: Random;
  },
): Promise<string> {
  const { client, now } = issue;
  const token = makeToken('trb_', issue.random);
  await transaction.query(sql`
    insert into access_tokens (token_digest, service_account_id, key_id, project_id, expires_at)
    values (decode(${digestToken('trb_', token)}, 'hex'), ${client.serviceAccountID}, ${client.keyID}, ${client.projectID},
            ${new Date(now + issue.lifetimeS * 1000)})`);
  await record(transaction, {
    projectID: client.projectID,
    actor: actorOf(client.name),
    action: 'access-token.issued',
    details: { thumbprint: client.thumbprint },
    occurredAt: now,
  });
  return token;
}
