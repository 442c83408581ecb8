import type { Verdict } from '../definitions/shape/errors.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { FreshGrant } from './connection.ts';

/** What can go wrong between us and a provider, as it is stored and shown to operators. */
export type TroubleCause =
  /** The server's configuration: nobody answers, none is published, it is unusable, or it names foreign hosts. */
  | 'discovery-unreachable'
  | 'discovery-not-published'
  | 'discovery-unusable'
  | 'discovery-foreign'
  /** Our credentials fit no way in which the server lets clients authenticate. */
  | 'client-authentication'
  /** The redirect: another state, another server's, not one answer, or the provider's refusal. */
  | 'wrong-state'
  | 'wrong-issuer'
  | 'redirect-malformed'
  | 'authorization-refused'
  /** The exchange of the code: nobody answers, a refusal, or an answer that holds no usable tokens. */
  | 'token-unreachable'
  | 'token-refused'
  | 'token-malformed'
  /** The calls that complete a connection. */
  | 'scopes-unreadable'
  | 'user-id-unreadable'
  | 'registration-refused'
  /** SMART: the token is not for a patient's record. */
  | 'no-patient'
  | 'revocation-unreachable'
  | 'revocation-refused';

/** Trouble with a provider, in a form that is safe to store: a code and the verdict, never its words. */
export interface ProviderTrouble {
  readonly outcome: 'trouble';
  readonly verdict: Verdict;
  readonly cause: TroubleCause;
  /** Tokens that were received all the same, so that they have to be given back. */
  readonly grant?: FreshGrant;
}

/** Trouble of this cause, judged so; with the grant that was received before it came. */
export function createTrouble(cause: TroubleCause, verdict: Verdict, grant?: FreshGrant): ProviderTrouble {
  return { outcome: 'trouble', verdict, cause, ...omitUndefined({ grant }) };
}
