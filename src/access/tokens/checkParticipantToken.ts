import type { Database, PreparedStatement } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { digestToken } from './opaqueToken.ts';
import { grantedBy, type ParticipantScope } from './participantScopes.ts';
import { rememberTokens, type CheckToken, type FoundToken } from './rememberTokens.ts';

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

/** Gives the participant a token stands for, or undefined when it stands for nobody (any more). */
export type CheckParticipantToken = CheckToken<ParticipantCaller>;

/** A check of participant tokens; what it promises is told at {@link rememberTokens}. */
export function createParticipantTokenCheck({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): CheckParticipantToken {
  return rememberTokens(
    {
      digest: (token) => digestToken('trp_', token),
      find: (digest, now) => findCaller(database, digest, now),
    },
    clock,
  );
}

/** A participant who is deleted takes her tokens along: the foreign key sees to it. */
const liveToken: PreparedStatement = {
  name: 'live-participant-token',
  text: `select t.project_id, t.participant_id, t.scopes, t.expires_at
           from participant_tokens t
           join service_accounts a using (service_account_id)
           join service_account_keys k using (key_id)
          where t.token_digest = decode($1, 'hex') and t.expires_at > $2
            and a.revoked_at is null and k.revoked_at is null`,
};

async function findCaller(
  database: Database,
  digest: string,
  now: number,
): Promise<FoundToken<ParticipantCaller> | undefined> {
  const [row] = (await database.prepared(liveToken, [digest, new Date(now)])) as [
    string,
    string,
    string[],
    Date,
  ][];
  if (row === undefined) return undefined;
  const [projectID, participantID, scopes, expiresAt] = row;
  return {
    caller: Object.freeze({
      projectID,
      participantID,
      scopes: grantedBy(scopes),
      actor: `participant:${participantID}`,
    }),
    expiresAt,
  };
}
