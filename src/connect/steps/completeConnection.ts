import {
  connectAccount,
  judgeConnectionFailure,
  planConnection,
  type ConnectionRefusal,
} from '../../accounts/connectAccount.ts';
import type { ConnectionPlan } from '../../accounts/connection.ts';
import { withSealedGrant, type SealedGrant } from '../../accounts/grant.ts';
import { queueUnusedGrant } from '../../accounts/queueRevocation.ts';
import { compareSharing, isAsAsked, nameAsked } from '../../definitions/sharing.ts';
import type { FreshGrant, ProviderConnection } from '../../oauth/connection.ts';
import { findConnection } from '../../oauth/findConnection.ts';
import { completeAuthorization, mayHaveGranted, type AuthorizationOutcome } from '../../oauth/oauth2.ts';
import { openSecrets, withSealedSecrets, type AttemptSecrets } from '../secrets/attemptSecrets.ts';
import type { ConnectParts } from '../connectParts.ts';
import type { JourneyOutcome } from '../journey/outcomes.ts';
import { endAttempt, type Attempt } from '../store/attempts.ts';
import { forgetCode, hasConnected, postponeCode, storeCode } from '../store/sentCodes.ts';
import { endJourney } from './endJourney.ts';
import { judgeTrouble } from './judgeTrouble.ts';

/** How the exchange ended. */
export interface CompletedConnection {
  readonly outcome: JourneyOutcome;
  /** Whether what was granted is what was asked for, no less and no more. */
  readonly asAsked?: boolean;
}

/** A plan is out of date when the same person connects the same provider twice at once: once is enough to try again. */
const triesMax = 3;

/**
 * Turns a provider's answer into an account: the code into tokens, at once; what was granted and who it is; and last
 * one transaction with account, grant, scope period and the end of the journey.
 *
 * Nothing half-made stays: a grant that becomes no account is queued to be given back, and the code is written down
 * before it is sent, for `settleSentCodes` to find out what came of it if nobody else says so. The `state` must have been
 * spent by the caller. A journey that was voided meanwhile, because the account was deleted, makes no account
 * (DELETE-FINAL).
 */
export async function completeConnection(
  parts: ConnectParts,
  attempt: Attempt,
  received: { readonly state: string; readonly answer: URLSearchParams },
): Promise<CompletedConnection> {
  const { database, clock, vault } = parts;
  const { server, sealed, redirectUri, askedScopes } = attempt;
  const connection = await findConnection(database, parts, attempt.providerID);
  if (connection === undefined || server === null || sealed === null || redirectUri === null)
    return {
      outcome: await finish(parts, attempt, connection === undefined ? 'not-offered' : 'interrupted'),
    };
  const plan = await planConnection(database, attempt);
  const secrets = await openSecrets(vault, attempt, sealed);
  const writeAhead = () => writeCode(parts, attempt, { secrets, received });
  const result = await completeAuthorization({ clock, writeAhead }, connection, {
    server,
    redirectUri,
    ...secrets,
    ...received,
    askedScopes: askedScopes ?? [],
    accountID: plan.accountID,
  }).catch((error: unknown) => {
    if (error instanceof Voided) return undefined;
    throw error;
  });
  if (result === undefined) return { outcome: 'account-deleted' };
  if (result.outcome === 'granted') {
    const { grant } = result;
    const { auth } = connection.definition;
    const asked = nameAsked(auth, askedScopes ?? []);
    const outcome = await storeOrGiveBack(parts, attempt, { grant, plan, askedScopes: asked });
    return { outcome, asAsked: isAsAsked(compareSharing(auth, { asked, granted: grant.scopes })) };
  }
  if (result.outcome === 'trouble' && result.grant === undefined && mayHaveGranted(result))
    await postponeCode(database, attempt.attemptID, clock.now());
  else if (!('grant' in result)) await forgetCode(database, attempt.attemptID);
  else await giveBackInTheEnd(parts, attempt, { grant: result.grant, plan });
  const granted =
    result.outcome === 'trouble' || result.outcome === 'declined' ? undefined : result.grant.scopes;
  return { outcome: await finish(parts, attempt, judgeResult(parts, connection, result), granted) };
}

/** @throws {Voided} when the journey has ended: then nothing is sent for it */
async function writeCode(
  { database, vault }: ConnectParts,
  attempt: Attempt,
  {
    secrets,
    received,
  }: {
    readonly secrets: AttemptSecrets;
    readonly received: { readonly state: string; readonly answer: URLSearchParams };
  },
): Promise<void> {
  const { state, answer } = received;
  const written = { ...secrets, received: { state, answer: answer.toString() } };
  const isStored = await withSealedSecrets(vault, { attempt, secrets: written }, (sealed) =>
    storeCode(database, attempt.attemptID, sealed),
  );
  if (!isStored) throw new Voided();
}

function judgeResult(
  parts: ConnectParts,
  connection: ProviderConnection,
  result: Exclude<AuthorizationOutcome, { readonly outcome: 'granted' }>,
): Exclude<JourneyOutcome, 'connected'> {
  return result.outcome === 'trouble' ? judgeTrouble(parts, connection, result) : result.outcome;
}

interface Received {
  readonly grant: FreshGrant;
  readonly plan: ConnectionPlan;
}

interface Granted extends Received {
  /** What the study asked for, in the provider's names. */
  readonly askedScopes: readonly string[];
}

/** A failure of ours must not leave her with a grant that nobody knows of. */
async function storeOrGiveBack(
  parts: ConnectParts,
  attempt: Attempt,
  received: Granted,
): Promise<JourneyOutcome> {
  try {
    return await store(parts, attempt, received);
  } catch (error) {
    await giveBackInTheEnd(parts, attempt, received);
    throw error;
  }
}

/** Whatever failed may be over in a moment: a restart of the database, a lock. If not, there is the code. */
async function giveBackInTheEnd(parts: ConnectParts, attempt: Attempt, received: Received): Promise<void> {
  for (const pauseMs of [0, 500, 2_000, 5_000]) {
    if (pauseMs > 0) await parts.clock.sleep(pauseMs);
    const queued = await giveBack(parts, attempt, received).then(
      () => true,
      () => false,
    );
    if (queued) return;
  }
}

async function store(parts: ConnectParts, attempt: Attempt, received: Granted): Promise<JourneyOutcome> {
  const { database } = parts;
  let { plan } = received;
  for (let tries = 1; ; tries++) {
    const refusal = await tryToStore(parts, attempt, { ...received, plan });
    if (refusal === undefined) return 'connected';
    if (refusal === 'plan-outdated' && tries < triesMax) {
      plan = await planConnection(database, attempt);
      continue;
    }
    await giveBack(parts, attempt, { ...received, plan });
    return finish(parts, attempt, refusal === 'plan-outdated' ? 'interrupted' : refusal);
  }
}

/** Sealed before the transaction begins, because a key service may be asked, and no transaction waits for a network. */
async function tryToStore(
  parts: ConnectParts,
  attempt: Attempt,
  { grant, plan, askedScopes }: Granted,
): Promise<ConnectionRefusal | 'account-deleted' | undefined> {
  const place = { projectID: attempt.projectID, ...plan, version: 1 };
  try {
    await withSealedGrant(parts.vault, { place, grant }, (sealed) =>
      storeSealed(parts, attempt, { grant, plan, askedScopes, sealed }),
    );
    return undefined;
  } catch (error) {
    return error instanceof Voided ? 'account-deleted' : judgeConnectionFailure(error);
  }
}

function storeSealed(
  { database, clock }: ConnectParts,
  { attemptID, projectID, participantID, providerID }: Attempt,
  { grant, plan, askedScopes, sealed }: Granted & { readonly sealed: SealedGrant },
): Promise<void> {
  return database.transaction(async (transaction) => {
    await connectAccount(transaction, {
      projectID,
      participantID,
      providerID,
      ...plan,
      grant: sealed,
      userID: grant.userID,
      predecessorUserID: grant.predecessorUserID,
      scopes: grant.scopes,
      askedScopes,
      isProxy: grant.isProxy,
      actor: `participant:${participantID}`,
      now: clock.now(),
    });
    const { accountID } = plan;
    const end = { outcome: 'connected', accountID, grantedScopes: grant.scopes } as const;
    if (!(await endAttempt(transaction, 'completeConnection', attemptID, end))) throw new Voided();
  });
}

/** The journey ended while the provider was asked. */
class Voided extends Error {}

async function giveBack(
  { database, clock, vault }: ConnectParts,
  { attemptID, projectID, participantID, providerID }: Attempt,
  { grant, plan }: Received,
): Promise<void> {
  const place = { projectID, ...plan, version: 1 };
  await withSealedGrant(vault, { place, grant }, (sealed) =>
    database.transaction(async (transaction) => {
      // The failure may have been that nobody told us of the success.
      if (await hasConnected(transaction, attemptID)) return;
      await queueUnusedGrant(transaction, {
        projectID,
        participantID,
        providerID,
        ...plan,
        userID: grant.userID,
        grant: sealed,
        now: clock.now(),
      });
      await forgetCode(transaction, attemptID);
    }),
  );
}

/** The first end of a journey stands: one that was voided meanwhile stays what it is. */
async function finish(
  parts: ConnectParts,
  attempt: Attempt,
  outcome: Exclude<JourneyOutcome, 'connected'>,
  granted?: readonly string[],
): Promise<JourneyOutcome> {
  await endJourney(parts, attempt, outcome, granted);
  return outcome;
}
