import { record } from '../../audit/record.ts';
import type { Random } from '../../platform/random/random.ts';
import { sql, type Queryable, type Transaction } from '../../platform/storage/database.ts';
import { actorOf } from './accessTokens.ts';
import type { AuthenticatedClient } from '../assertions/clientAssertion.ts';
import { digestToken, makeToken } from './opaqueToken.ts';
import { grantedBy } from './participantScopes.ts';

/** Who gets a token for which participant, and what it is to allow. */
export interface ParticipantTokenIssue {
  /** The service account that asked; its token lends the participant's its project, account and key. */
  readonly client: AuthenticatedClient;
  /** In lower case. */
  readonly participantID: string;
  /** As asked for, unknown ones too. */
  readonly scopes: readonly string[];
  readonly lifetimeS: number;
  readonly now: number;
  readonly random: Random;
}

/**
 * A new token for a participant of the client's project, as the only copy of it; undefined when the project has no
 * such participant.
 *
 * It ends with its lifetime, with the participant, and within 5 s of the revocation of the account or the key
 * behind it.
 */
export async function issueParticipantToken(
  transaction: Transaction,
  issue: ParticipantTokenIssue,
): Promise<string | undefined> {
  const { client, participantID, now } = issue;
  const token = makeToken('trp_', issue.random);
  // Locked, so that a participant who is being deleted is either still there at the end or was never found.
  const issued = await transaction.query(sql`
    insert into participant_tokens
      (token_digest, service_account_id, key_id, project_id, participant_id, scopes, expires_at)
    select decode(${digestToken('trp_', token)}, 'hex'), ${client.serviceAccountID}::uuid, ${client.keyID}::uuid,
           project_id, participant_id, ${issue.scopes}::text[],
           ${new Date(now + issue.lifetimeS * 1000)}::timestamptz
      from participants
     where project_id = ${client.projectID} and participant_id = ${participantID}
       for key share
    returning 1 as issued`);
  if (issued.length === 0) return undefined;
  await record(transaction, {
    projectID: client.projectID,
    actor: actorOf(client.name),
    action: 'participant-token.issued',
    details: { thumbprint: client.thumbprint, participantID, scopes: grantedBy(issue.scopes).join(' ') },
    occurredAt: now,
  });
  return token;
}

/**
 * The service account that an access token stands for at this moment, or undefined when it stands for none (any
 * more). Looked up anew, unlike for a request: what is issued for it lives longer than it does.
 */
export async function findTokenOwner(
  database: Queryable,
  token: string,
  now: number,
): Promise<AuthenticatedClient | undefined> {
  const digest = digestToken('trb_', token);
  if (digest === undefined) return undefined;
  const [row] = await database.query<{
    service_account_id: string;
    project_id: string;
    name: string;
    key_id: string;
    thumbprint: string;
  }>(sql`
    select t.service_account_id, t.project_id, a.name, t.key_id, k.thumbprint
      from access_tokens t
      join service_accounts a using (service_account_id)
      join service_account_keys k using (key_id)
     where t.token_digest = decode(${digest}, 'hex') and t.expires_at > ${new Date(now)}
       and a.revoked_at is null and k.revoked_at is null`);
  return (
    row && {
      serviceAccountID: row.service_account_id,
      projectID: row.project_id,
      name: row.name,
      keyID: row.key_id,
      thumbprint: row.thumbprint,
    }
  );
}
