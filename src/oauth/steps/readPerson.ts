import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { callProvider } from '../calls/callProvider.ts';
import type { AuthorizationServerFacts, FreshGrant, ProviderConnection } from '../connection.ts';
import type { AnyAuth, UserIDSource } from '../../definitions/shape/auth.ts';
import type { Verdict } from '../../definitions/shape/errors.ts';
import { createTrouble, type ProviderTrouble } from '../providerTrouble.ts';
import { readPath } from '../../definitions/readPath.ts';
import { covers } from '../../definitions/scopes.ts';
import type { ReceivedGrant } from './grantedScopes.ts';
import { readClaims } from './idToken.ts';
import { readClaim } from './lifetimes.ts';
import { readPatientID, readPatientReference } from './patientReference.ts';
import { readName } from '../calls/readName.ts';

type Person = Pick<FreshGrant, 'userID' | 'predecessorUserID'>;

/** As long as the database keeps. */
const userIDLengthMax = 400;

/** The provider's name for the person where it came with the tokens; nobody is asked. */
export function findPerson(
  { userID: sources }: AnyAuth,
  received: Pick<ReceivedGrant, 'tokens' | 'accessToken'>,
): Person {
  const userID = sources.map((source) => nameInTokens(source, received)).find((name) => name !== undefined);
  return omitUndefined({ userID });
}

function nameInTokens(
  source: UserIDSource,
  { tokens, accessToken }: Pick<ReceivedGrant, 'tokens' | 'accessToken'>,
): string | undefined {
  if (source.from === 'token-answer') return readUser(source, readPath(tokens, source.field));
  return source.from === 'access-token-claim'
    ? readUser({}, readClaim(accessToken.reveal(), source.claim))
    : undefined;
}

function readUser({ isPatient }: { readonly isPatient?: true }, value: unknown): string | undefined {
  return readName(isPatient === true ? readPatientID(value) : value, userIDLengthMax);
}

/** What a fresh grant and its journey tell about the person. */
export interface GrantInHand extends ReceivedGrant {
  readonly scopes: readonly string[];
  readonly server: AuthorizationServerFacts;
  readonly nonce: string;
}

/** What one source says: her name, nothing (for this reason), or that nobody knows it before there are data. */
type Told =
  | { readonly outcome: 'named'; readonly person: Person }
  | { readonly outcome: 'nothing'; readonly verdict?: Verdict }
  | { readonly outcome: 'later' };

/**
 * Who it is that granted, by the first of the definition's sources that tells it: from the tokens, or asked for; nobody
 * yet where the name first comes with the data. SMART: the patient whose record the token opens.
 *
 * A source that fails is followed by the next one. When none tells anything, the trouble is what stopped the last one that
 * was asked, unless another try or an operator may mend what stopped one before it.
 */
export async function readPerson(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  received: GrantInHand,
): Promise<{ readonly outcome: 'read'; readonly person: Person } | ProviderTrouble> {
  const { auth } = connection.definition;
  const failed: Verdict[] = [];
  for (const source of auth.userID) {
    const told = await askSource(parts, connection, { source, received });
    if (told.outcome === 'named') return { outcome: 'read', person: told.person };
    if (told.outcome === 'nothing') failed.push(...(told.verdict === undefined ? [] : [told.verdict]));
    else if (!failed.some((verdict) => mendable.has(verdict))) return { outcome: 'read', person: {} };
  }
  const verdict = failed.find((one) => mendable.has(one)) ?? failed.at(-1);
  if (verdict !== undefined) return createTrouble('user-id-unreadable', verdict);
  return createTrouble(auth.kind === 'smart' ? 'no-patient' : 'user-id-unreadable', 'failed');
}

/** What may be otherwise at the next try, or once an operator has been there. */
const mendable: ReadonlySet<Verdict> = new Set(['operator-alarm', 'rate-limited', 'retry-later']);

async function askSource(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  { source, received }: { readonly source: UserIDSource; readonly received: GrantInHand },
): Promise<Told> {
  switch (source.from) {
    case 'token-answer':
    case 'access-token-claim':
      return nameOrNothing(nameInTokens(source, received));
    case 'id-token': {
      const { server, nonce, tokens } = received;
      const { clientID } = connection.credentials;
      const checks = { server, clientID, nonce, now: parts.clock.now() };
      const claim = readClaims(tokens['id_token'], checks)?.[source.claim];
      return nameOrNothing(readName(readPatientReference(claim), userIDLengthMax));
    }
    case 'call':
      return callForName(parts, connection, { source, received });
    case 'first-data':
      return { outcome: 'later' };
  }
}

function nameOrNothing(userID: string | undefined, verdict?: Verdict): Told {
  return userID === undefined
    ? omitUndefined({ outcome: 'nothing', verdict })
    : { outcome: 'named', person: { userID } };
}

async function callForName(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  {
    source,
    received,
  }: {
    readonly source: Extract<UserIDSource, { readonly from: 'call' }>;
    readonly received: GrantInHand;
  },
): Promise<Told> {
  const { needsScope, call, predecessorPath } = source;
  if (needsScope !== undefined && !covers(connection.definition.auth, received.scopes, needsScope))
    return { outcome: 'nothing', verdict: 'scope-missing' };
  const { accessToken, accountID } = received;
  const subject = { phase: 'connect', accessToken, values: { accountID: String(accountID) } } as const;
  const told = await callProvider(parts, connection, { call, subject });
  if (told.outcome === 'failed') return { outcome: 'nothing', verdict: told.verdict };
  const userID = findName(source, told.body);
  if (userID === undefined || predecessorPath === undefined) return nameOrNothing(userID, 'failed');
  const predecessorUserID = readName(readPath(told.body, predecessorPath), userIDLengthMax);
  return { outcome: 'named', person: omitUndefined({ userID, predecessorUserID }) };
}

/** In a list, what all items that name anybody agree on. */
function findName(
  source: Extract<UserIDSource, { readonly from: 'call' }>,
  body: unknown,
): string | undefined {
  const { listAt, path } = source;
  if (listAt === undefined) return readUser(source, readPath(body, path));
  const list = readPath(body, listAt);
  const names = (Array.isArray(list) ? list : []).flatMap(
    (item) => readUser(source, readPath(item, path)) ?? [],
  );
  const [name, ...others] = new Set(names);
  return others.length === 0 ? name : undefined;
}
