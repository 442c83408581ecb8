import { actorOf } from './accessTokens.ts';
import type { CheckedTokenKind } from './tokenCheck.ts';

/** A service account on whose behalf a request is made. */
export interface ServiceCaller {
  readonly serviceAccountID: string;
  readonly name: string;
  /** In lower case. */
  readonly projectID: string;
  /** What to write into the audit trail. */
  readonly actor: string;
}

type Row = readonly [serviceAccountID: string, name: string, projectID: string, expiresAt: Date];

/** Tokens of service accounts. */
export const serviceTokenKind: CheckedTokenKind<ServiceCaller, Row> = {
  prefix: 'trb_',
  statement: {
    name: 'live-access-token',
    text: `select t.service_account_id, a.name, t.project_id, t.expires_at
             from access_tokens t
             join service_accounts a using (service_account_id)
             join service_account_keys k using (key_id)
            where t.token_digest = decode($1, 'hex') and t.expires_at > $2
              and a.revoked_at is null and k.revoked_at is null`,
  },
  read: ([serviceAccountID, name, projectID, expiresAt]) => ({
    caller: Object.freeze({ serviceAccountID, name, projectID, actor: actorOf(name) }),
    expiresAt,
  }),
};
