import type { Database, PreparedStatement } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { actorOf } from './accessTokens.ts';
import { digestToken } from './opaqueToken.ts';
import { rememberTokens, type CheckToken, type FoundToken } from './rememberTokens.ts';

/** A service account on whose behalf a request is made. */
export interface ServiceCaller {
  readonly serviceAccountID: string;
  readonly name: string;
  /** In lower case. */
  readonly projectID: string;
  /** What to write into the audit trail. */
  readonly actor: string;
}

/** Gives whoever an access token stands for, or undefined when it stands for nobody (any more). */
export type CheckAccessToken = CheckToken<ServiceCaller>;

/** A check of the access tokens of service accounts; what it promises is told at {@link rememberTokens}. */
export function createAccessTokenCheck({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): CheckAccessToken {
  return rememberTokens(
    {
      digest: (token) => digestToken('trb_', token),
      find: (digest, now) => findCaller(database, digest, now),
    },
    clock,
  );
}

const liveToken: PreparedStatement = {
  name: 'live-access-token',
  text: `select t.service_account_id, a.name, t.project_id, t.expires_at
           from access_tokens t
           join service_accounts a using (service_account_id)
           join service_account_keys k using (key_id)
          where t.token_digest = decode($1, 'hex') and t.expires_at > $2
            and a.revoked_at is null and k.revoked_at is null`,
};

async function findCaller(
  database: Database,
  digest: string,
  now: number,
): Promise<FoundToken<ServiceCaller> | undefined> {
  const [row] = (await database.prepared(liveToken, [digest, new Date(now)])) as [
    string,
    string,
    string,
    Date,
  ][];
  if (row === undefined) return undefined;
  const [serviceAccountID, name, projectID, expiresAt] = row;
  return {
    caller: Object.freeze({ serviceAccountID, name, projectID, actor: actorOf(name) }),
    expiresAt,
  };
}
