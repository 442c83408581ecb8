import type { AuthorizationServerFacts } from '../../oauth/connection.ts';
import { empty, sql, type Queryable, type Sql, type Transaction } from '../../platform/storage/database.ts';
import type { SealedFields } from '../../platform/sealing/vault.ts';
import { connectJourney, type JourneyPhase, type JourneyStep } from '../connectJourney.ts';
import type { JourneyOutcome } from '../journey/outcomes.ts';

/** One journey as it is stored, with the names that its pages show. */
export interface Attempt {
  readonly attemptID: string;
  readonly projectID: string;
  readonly participantID: string;
  readonly providerID: number;
  readonly phase: JourneyPhase;
  /** Of the secret in the cookie of the browser that opened it; null until one has. */
  readonly browserDigest: Buffer | null;
  /** Null when the client sent none, which the study has to allow. */
  readonly verifierHash: string | null;
  /** As the client wrote it; null when it named no address. */
  readonly finalRedirect: string | null;
  /** Where the study lets participants return to now. */
  readonly redirectTargets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Null until the provider was asked. */
  readonly askedScopes: readonly string[] | null;
  /** With which the provider was asked; null before that, and after the end. */
  readonly server: AuthorizationServerFacts | null;
  /** Null until the provider was asked. */
  readonly redirectUri: string | null;
  /** What only the exchange of the code needs; null before the provider was asked, and after the end. */
  readonly sealed: SealedFields | null;
  /** What the provider told to be granted; null before that, and where it told nothing. */
  readonly grantedScopes: readonly string[] | null;
  /** Null until it has ended. */
  readonly outcome: JourneyOutcome | null;
  readonly providerName: string;
  readonly studyName: string;
}

interface AttemptRow {
  attempt_id: string;
  project_id: string;
  participant_id: string;
  provider_id: number;
  phase: JourneyPhase;
  browser_digest: Buffer | null;
  verifier_hash: string | null;
  final_redirect: string | null;
  redirect_targets: string[];
  expires_at: Date;
  asked_scopes: string[] | null;
  server: AuthorizationServerFacts | null;
  redirect_uri: string | null;
  granted_scopes: string[] | null;
  key_id: string | null;
  wrapped_key: Buffer | null;
  secrets: Buffer | null;
  outcome: JourneyOutcome | null;
  provider_name: string;
  study_name: string;
}

const columns = sql`
  a.attempt_id, a.project_id, a.participant_id, a.provider_id, a.phase, a.browser_digest, a.verifier_hash,
  a.final_redirect, a.expires_at, a.asked_scopes, a.server, a.redirect_uri, a.key_id, a.wrapped_key, a.secrets,
  a.granted_scopes, a.outcome, providers.name as provider_name, projects.name as study_name,
  array(select target from redirect_targets where project_id = a.project_id) as redirect_targets`;
const joins = sql`join providers using (provider_id) join projects using (project_id)`;

function readAttempt(row: AttemptRow): Attempt {
  const { key_id: keyID, wrapped_key: wrappedKey, secrets } = row;
  return {
    attemptID: row.attempt_id,
    projectID: row.project_id,
    participantID: row.participant_id,
    providerID: row.provider_id,
    phase: row.phase,
    browserDigest: row.browser_digest,
    verifierHash: row.verifier_hash,
    finalRedirect: row.final_redirect,
    redirectTargets: row.redirect_targets,
    expiresAt: row.expires_at.getTime(),
    askedScopes: row.asked_scopes,
    server: row.server,
    redirectUri: row.redirect_uri,
    grantedScopes: row.granted_scopes,
    sealed:
      keyID === null || wrappedKey === null || secrets === null
        ? null
        : { keyID, wrappedKey, fields: { secrets } },
    outcome: row.outcome,
    providerName: row.provider_name,
    studyName: row.study_name,
  };
}

interface NewAttempt {
  readonly attemptID: string;
  readonly projectID: string;
  readonly participantID: string;
  readonly providerID: number;
  readonly linkDigest: Buffer;
  readonly verifierHash: string | null;
  readonly finalRedirect: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** One participant never has more open journeys than this; the oldest ones make room. */
const openMax = 20;

/**
 * Stores a journey that begins; the participant's oldest open ones beyond {@link openMax} are gone, each with its audit
 * row.
 */
export async function insertAttempt(transaction: Transaction, attempt: NewAttempt): Promise<void> {
  const { participantID, createdAt, expiresAt } = attempt;
  await transaction.query(sql`
    insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, phase, link_digest,
                                  verifier_hash, final_redirect, created_at, expires_at)
    values (${attempt.attemptID}, ${attempt.projectID}, ${participantID}, ${attempt.providerID},
            ${connectJourney.startJourney.to}, ${attempt.linkDigest}, ${attempt.verifierHash}, ${attempt.finalRedirect},
            ${new Date(createdAt)}, ${new Date(expiresAt)})`);
  await transaction.query(sql`
    with gone as (
      delete from connect_attempts where attempt_id in (
        select attempt_id from connect_attempts
         where participant_id = ${participantID} and phase = any (${connectJourney.makeRoom.from}::connect_phase[])
         order by created_at desc offset ${openMax})
         -- Still: one whose answer has arrived since the statement began is not cut off with its code.
         and phase = any (${connectJourney.makeRoom.from}::connect_phase[])
      returning project_id, participant_id, provider_id
    )
    insert into audit_entries (project_id, occurred_at, actor, action, details)
    select project_id, ${new Date(createdAt)}::timestamptz, 'participant:' || participant_id,
           'external-account.connect-ended', jsonb_build_object('providerID', provider_id, 'outcome', 'displaced')
      from gone`);
}

/** The journey of this one-time address, by the digest of its secret, in whatever phase. */
export async function findByLink(database: Queryable, digest: Buffer): Promise<Attempt | undefined> {
  const [row] = await database.query<AttemptRow>(
    sql`select ${columns} from connect_attempts a ${joins} where link_digest = ${digest}`,
  );
  return row && readAttempt(row);
}

/** The journey of this number, in whatever phase. */
export async function findByID(database: Queryable, attemptID: string): Promise<Attempt | undefined> {
  const [row] = await database.query<AttemptRow>(
    sql`select ${columns} from connect_attempts a ${joins} where attempt_id = ${attemptID}`,
  );
  return row && readAttempt(row);
}

/** The journey that a provider's answer belongs to, by the digest of its `state`, in whatever phase. */
export async function findByState(database: Queryable, digest: Buffer): Promise<Attempt | undefined> {
  const [row] = await database.query<AttemptRow>(
    sql`select ${columns} from connect_attempts a ${joins} where state_digest = ${digest}`,
  );
  return row && readAttempt(row);
}

/** The journeys of a browser whose provider has been asked and has not answered yet; two at the most. */
export async function findWaiting(
  database: Queryable,
  browserDigest: Buffer,
  now: number,
): Promise<Attempt[]> {
  const rows = await database.query<AttemptRow>(sql`
    select ${columns} from connect_attempts a ${joins}
     where a.browser_digest = ${browserDigest} and a.phase = 'authorizing' and a.expires_at > ${new Date(now)}
     limit 2`);
  return rows.map(readAttempt);
}

/** Binds a journey to the browser that opened it first; false when another one was quicker, or it is over. */
export async function claimForBrowser(
  database: Queryable,
  attemptID: string,
  browserDigest: Buffer,
): Promise<boolean> {
  return takeStep(database, 'openLink', attemptID, sql`browser_digest = ${browserDigest}`);
}

/** What was asked of the provider, for checking and using its answer. */
export interface SentRequest {
  readonly stateDigest: Buffer;
  readonly askedScopes: readonly string[];
  readonly server: AuthorizationServerFacts;
  readonly redirectUri: string;
  readonly sealed: SealedFields;
}

/** Remembers what was asked of the provider. A journey that asks again forgets what it asked before. */
export async function storeRequest(
  transaction: Transaction,
  attemptID: string,
  request: SentRequest,
): Promise<boolean> {
  const { sealed } = request;
  return takeStep(
    transaction,
    'askProvider',
    attemptID,
    sql`state_digest = ${request.stateDigest}, asked_scopes = ${request.askedScopes}::text[],
        server = ${JSON.stringify(request.server)}::jsonb, redirect_uri = ${request.redirectUri},
        key_id = ${sealed.keyID}, wrapped_key = ${sealed.wrappedKey}, secrets = ${sealed.fields['secrets']}`,
  );
}

/**
 * Spends a `state`: of several answers with the same one, a single caller gets true. From then on the journey ends at
 * `until` at the latest: a process that dies with it leaves nothing to come back to.
 */
export async function spendState(
  database: Queryable,
  attemptID: string,
  { digest, until }: { readonly digest: Buffer; readonly until: number },
): Promise<boolean> {
  return takeStep(
    database,
    'receiveAnswer',
    attemptID,
    sql`expires_at = ${new Date(until)}`,
    sql`and state_digest = ${digest}`,
  );
}

/** How a journey ended, for the page that tells it. */
export interface JourneyEnd {
  readonly outcome: JourneyOutcome;
  readonly accountID?: number;
  /** Where the provider told them. */
  readonly grantedScopes?: readonly string[];
}

/**
 * Ends a journey and throws its secrets away; false when it had ended already, so that the first end stands. The
 * digest of its state is kept, so that the same answer again is recognised; and of a journey that becomes no account, a
 * code of which nobody knows yet what came of it.
 */
export async function endAttempt(
  transaction: Transaction,
  step: 'completeConnection' | 'endJourney',
  attemptID: string,
  end: JourneyEnd,
): Promise<boolean> {
  return takeStep(
    transaction,
    step,
    attemptID,
    sql`outcome = ${end.outcome}, account_id = ${end.accountID ?? null}, granted_scopes = ${end.grantedScopes ?? null}::text[],
        ${step === 'completeConnection' ? sql`code_due_at = null, key_id = null, wrapped_key = null, secrets = null, server = null` : withoutSecrets}`,
  );
}

/** SQL: no secrets any more, unless a code is out. */
export const withoutSecrets = sql`
  key_id = case when code_due_at is null then null else key_id end,
  wrapped_key = case when code_due_at is null then null else wrapped_key end,
  secrets = case when code_due_at is null then null else secrets end,
  server = case when code_due_at is null then null else server end`;

/**
 * The one way in which a journey goes on: `changes` are made, and the phase is that of the step, if the journey is in a
 * phase that the step begins in. Of several callers at once, one gets true.
 */
async function takeStep(
  database: Queryable,
  step: keyof typeof connectJourney,
  attemptID: string,
  changes: Sql,
  condition: Sql = empty,
): Promise<boolean> {
  const { from, to }: JourneyStep = connectJourney[step];
  const rows = await database.query(sql`
    update connect_attempts set phase = ${to}, ${changes}
     where attempt_id = ${attemptID} and phase = any (${from}::connect_phase[]) ${condition}
    returning attempt_id`);
  return rows.length > 0;
}
