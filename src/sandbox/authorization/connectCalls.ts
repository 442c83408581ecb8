import { writePath } from '../../definitions/writePath.ts';
import { isObject } from '../../platform/members/isObject.ts';
import { buildFailure } from '../played/buildFailure.ts';
import { passesChallenge } from '../subscriptions/challengeSubscriber.ts';
import type { ConnectCall } from '../../definitions/shape/auth.ts';
import type { CalledSource } from '../played/definitionFacts.ts';
import type { CallMatch } from '../played/matchCall.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { tellUserID, writeScopes } from '../dials/oddities.ts';
import type { PlayedGrant, Token } from './grantStore.ts';
import { answerSuccess } from './answerSuccess.ts';

/** The access token that a call shows, if it is good, or the vendor's refusal of it. */
export function admitToken(
  provider: PlayedProvider,
  shown: string | undefined,
  phase: 'connect' | 'data',
): Token | { readonly refused: SandboxAnswer } {
  const token = provider.store.useAccess(shown ?? '');
  if (!('refused' in token)) return token;
  // Before there is an account, some have no word for a dead token but that something failed.
  const others = phase === 'data' ? [] : (['failed'] as const);
  // Fitbit tells a token that is only old from one that is gone; of others it is the same.
  return token.refused === 'expired'
    ? { refused: buildFailure(provider, phase, 'token-refused', 'unauthorized', ...others) }
    : { refused: buildFailure(provider, phase, 'unauthorized', 'token-refused', ...others) };
}

/** Whose the consent is. `known`: what the vendor's data answer at the same address says of her. */
export function answerUserID(
  provider: PlayedProvider,
  grant: PlayedGrant,
  { source, known }: { readonly source: CalledSource; readonly known: SandboxAnswer | undefined },
): SandboxAnswer {
  if (source.needsScope !== undefined && !grant.scopes.includes(source.needsScope))
    return buildFailure(
      provider,
      'connect',
      'scope-missing',
      'consent-missing',
      'unauthorized',
      'token-refused',
    );
  let body = isObject(known?.json) ? known.json : {};
  const told = tellUserID(provider, grant);
  if (told !== undefined) body = writePath(body, source.path, told);
  // The name that she had before, with which an older account is found.
  if (source.predecessorPath !== undefined)
    body = writePath(body, source.predecessorPath, predecessorOf(grant));
  return answerSuccess(provider, body);
}

function predecessorOf({ person }: PlayedGrant): string {
  return [...Buffer.from(person.seed).toString('base64url').toUpperCase()]
    .slice(-6)
    .join('')
    .padStart(6, 'A');
}

/** Garmin: what is granted is asked for, and may have changed. An empty path is the list itself. */
export function answerGrantedScopes(provider: PlayedProvider, grant: PlayedGrant): SandboxAnswer {
  const { grantedScopes: told } = provider.auth;
  if (told.from !== 'call') return { status: 404 };
  const written = writeScopes(provider, grant.scopes);
  const list =
    typeof written === 'string'
      ? written.split(provider.auth.scopeSeparator).filter((name) => name !== '')
      : (written ?? []);
  if (told.path === '') return { status: 200, json: list };
  return answerSuccess(provider, writePath({}, told.path, list));
}

/** A call that completes a connection: the first of its statuses, and the second when it is made again. */
export async function answerConnectCall(
  provider: PlayedProvider,
  grant: PlayedGrant,
  { how, match, index }: { readonly how: ConnectCall; readonly match: CallMatch; readonly index: number },
): Promise<SandboxAnswer> {
  const { subscriptions } = provider;
  if (how.needsScope !== undefined && !grant.scopes.includes(how.needsScope))
    return buildFailure(provider, 'connect', 'scope-missing', 'failed');
  if (match.wrong.length > 0) return buildFailure(provider, 'connect', 'failed');
  const { webhookUrl } = match.variables;
  if (webhookUrl !== undefined) {
    if (!(await passesChallenge(provider, webhookUrl, undefined)))
      return buildFailure(provider, 'connect', 'failed');
    subscriptions.add({ url: webhookUrl, person: grant.person.userID });
  }
  const [first, again = first] = how.accepts ?? [200];
  const status = subscriptions.isNews(`${grant.person.userID} ${index}`) ? first : again;
  return status === 409
    ? { status, json: { error: 'already_done' } }
    : answerSuccess(provider, {}, { status });
}
