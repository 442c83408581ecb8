import { grantedBy, type ParticipantScope } from './participantScopes.ts';
import type { CheckedTokenKind } from './tokenCheck.ts';

/** A participant whose own page or device makes a request. */
export interface ParticipantCaller {
  /** In lower case, as `participantID` is. A route binds every row that it touches to both. */
  readonly projectID: string;
  readonly participantID: string;
  /** What the token allows; `api` is told as all of them. */
  readonly scopes: readonly ParticipantScope[];
  /** What to write into the audit trail: `participant:GUID`. */
  readonly actor: string;
}

type Row = readonly [projectID: string, participantID: string, scopes: readonly string[], expiresAt: Date];

/** Tokens of participants. One who is deleted takes hers along: the foreign key sees to it. */
export const participantTokenKind: CheckedTokenKind<ParticipantCaller, Row> = {
  prefix: 'trp_',
  statement: {
    name: 'live-participant-token',
    text: `select t.project_id, t.participant_id, t.scopes, t.expires_at
             from participant_tokens t
             join service_accounts a using (service_account_id)
             join service_account_keys k using (key_id)
            where t.token_digest = decode($1, 'hex') and t.expires_at > $2
              and a.revoked_at is null and k.revoked_at is null`,
  },
  read: ([projectID, participantID, scopes, expiresAt]) => ({
    caller: Object.freeze({
      projectID,
      participantID,
      scopes: grantedBy(scopes),
      actor: `participant:${participantID}`,
    }),
    expiresAt,
  }),
};
