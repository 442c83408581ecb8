import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { callProvider } from '../calls/callProvider.ts';
import type { FreshGrant, ProviderConnection } from '../connection.ts';
import type { AnyAuth } from '../../definitions/shape/auth.ts';
import { createTrouble, type ProviderTrouble } from '../providerTrouble.ts';
import { readPath } from '../../definitions/readPath.ts';
import { covers } from '../../definitions/scopes.ts';
import type { ReceivedGrant } from './grantedScopes.ts';
import { readClaim } from './lifetimes.ts';
import { readName } from '../calls/readName.ts';

type Person = Pick<FreshGrant, 'userID' | 'predecessorUserID'>;

/** As long as the database keeps. */
const userIDLengthMax = 400;

/** The provider's name for the person where it came with the tokens; nobody is asked. */
export function findPerson(
  { userID }: AnyAuth,
  { tokens, accessToken }: Pick<ReceivedGrant, 'tokens' | 'accessToken'>,
): Person {
  const value =
    userID.from === 'token-answer'
      ? readPath(tokens, userID.field)
      : userID.from === 'access-token-claim'
        ? readClaim(accessToken.reveal(), userID.claim)
        : undefined;
  const name = readName(value, userIDLengthMax);
  return name === undefined ? {} : { userID: name };
}

/**
 * Who it is that granted: from the tokens, or asked for; nobody yet where the name first comes with the data. SMART: the
 * patient whose record the token opens.
 */
export async function readPerson(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  received: ReceivedGrant & { readonly scopes: readonly string[] },
): Promise<{ readonly outcome: 'read'; readonly person: Person } | ProviderTrouble> {
  const { auth } = connection.definition;
  const { userID } = auth;
  if (userID.from === 'first-data') return { outcome: 'read', person: {} };
  if (userID.from !== 'call') {
    const person = findPerson(auth, received);
    if (person.userID !== undefined) return { outcome: 'read', person };
    return createTrouble(auth.kind === 'smart' ? 'no-patient' : 'user-id-unreadable', 'failed');
  }
  if (userID.needsScope !== undefined && !covers(auth, received.scopes, userID.needsScope))
    return createTrouble('user-id-unreadable', 'scope-missing');
  const { accessToken, accountID } = received;
  const subject = { phase: 'connect', accessToken, values: { accountID: String(accountID) } } as const;
  const told = await callProvider(parts, connection, { call: userID.call, subject });
  if (told.outcome === 'failed') return createTrouble('user-id-unreadable', told.verdict);
  const name = readName(readPath(told.body, userID.path), userIDLengthMax);
  if (name === undefined) return createTrouble('user-id-unreadable', 'failed');
  const earlier =
    userID.predecessorPath === undefined
      ? undefined
      : readName(readPath(told.body, userID.predecessorPath), userIDLengthMax);
  return {
    outcome: 'read',
    person: omitUndefined({
      userID: name,
      predecessorUserID: earlier,
    }),
  };
}
