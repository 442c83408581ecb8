import { issueNextTokens } from '../authorization/issueTokens.ts';
import { judgeOldToken } from '../authorization/refreshPolicy.ts';
import type { PlayedProvider } from './playedProvider.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { reportEvent } from './reportEvent.ts';

/** What a participant, time or a thief can do at a provider. */
export const personDeeds = ['revoke', 'expire', 'scopes', 'steal', 'notify'] as const;

export interface PersonChange {
  readonly userID: string;
  readonly deed: (typeof personDeeds)[number];
  /** What the request says of it. */
  readonly told: Readonly<Record<string, unknown>>;
}

/** Carries out a deed of the control API: `/control/people/SLUG/PERSON/DEED`. */
export async function changePerson(
  provider: PlayedProvider,
  { userID, deed, told }: PersonChange,
): Promise<SandboxAnswer> {
  const person = provider.people.find((one) => one.userID === userID);
  if (person === undefined) return { status: 404, json: { error: 'no such person' } };
  switch (deed) {
    case 'revoke':
      return revokeConsents(provider, userID, told['webhook'] !== false);
    case 'expire':
      return expireTokens(provider, userID, told['what']);
    case 'scopes':
      return changeScopes(provider, userID, told['scopes']);
    case 'steal':
      return stealToken(provider, userID);
    case 'notify': {
      const means = (['data', 'data-deleted', 'scopes-changed', 'deregistered'] as const).find(
        (one) => one === (told['means'] ?? 'data'),
      );
      if (means === undefined) return { status: 400, json: { error: 'means is none of the known ones' } };
      const resource = typeof told['resource'] === 'string' ? { resource: told['resource'] } : {};
      return { status: 200, json: { sent: await reportEvent(provider, { means, person, ...resource }) } };
    }
  }
}

/** The participant ends her consents on the provider's own page. */
async function revokeConsents(
  provider: PlayedProvider,
  userID: string,
  tell: boolean,
): Promise<SandboxAnswer> {
  const grants = provider.store.grantsOf(userID);
  for (const grant of grants) provider.store.end(grant, 'revoked-by-participant');
  const [first] = grants;
  const sent =
    tell && first !== undefined
      ? await reportEvent(provider, { means: 'deregistered', person: first.person })
      : [];
  return { status: 200, json: { ended: grants.length, sent } };
}

/** Time passes for the person alone: `access` tokens (unless said otherwise), `refresh` tokens, or the consent. */
function expireTokens(
  { store, now }: PlayedProvider,
  userID: string,
  what: unknown = 'access',
): SandboxAnswer {
  if (what === 'grant') {
    const grants = store.grantsOf(userID);
    for (const grant of grants) store.end(grant, 'consent-expired');
    return { status: 200, json: { expired: grants.length } };
  }
  if (what !== 'access' && what !== 'refresh')
    return { status: 400, json: { error: 'what: access, refresh or grant' } };
  const tokens = store.tokensOf(userID).filter(({ kind }) => kind === what);
  for (const token of tokens) token.expiresAt = now();
  return { status: 200, json: { expired: tokens.length } };
}

/** The participant changes what she shares, without a new consent. Garmin. */
async function changeScopes(
  provider: PlayedProvider,
  userID: string,
  scopes: unknown,
): Promise<SandboxAnswer> {
  const names: readonly unknown[] = Array.isArray(scopes) ? scopes : [null];
  if (!names.every((name) => typeof name === 'string'))
    return { status: 400, json: { error: 'scopes is a list' } };
  const grants = provider.store.grantsOf(userID);
  for (const grant of grants) grant.scopes = names;
  const [first] = grants;
  const sent =
    first === undefined
      ? []
      : await reportEvent(provider, { means: 'scopes-changed', person: first.person, scopes: [...names] });
  return { status: 200, json: { changed: grants.length, sent } };
}

/** A thief uses the newest refresh token before its owner does. */
function stealToken(provider: PlayedProvider, userID: string): SandboxAnswer {
  const { store, auth, ledger } = provider;
  const token = store
    .tokensOf(userID)
    .findLast(
      (one) =>
        one.kind === 'refresh' &&
        judgeOldToken(auth.refresh, one, { now: provider.now(), dials: provider.dials() }) === 'good',
    );
  if (token === undefined) return { status: 409, json: { error: 'there is no refresh token' } };
  ledger.show(token.value);
  issueNextTokens(provider, token, { mayRefresh: true });
  return { status: 200, json: { stolen: 1 } };
}
