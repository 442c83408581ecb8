import type { AccountStatus } from '../../contract/externalAccount.ts';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';

/** Everything that decides whether one participant may connect one provider now. */
export interface OfferFacts {
  /** How it is connected; undefined for a provider that only an import of accounts has named. */
  readonly definition: NamedDefinition | undefined;
  /** Whether the operator has given this installation's credentials for it. */
  readonly isSetUp: boolean;
  /** Whether no directory lists it any more. */
  readonly isRetired: boolean;
  /** An operator has closed it for everybody; the sentence is for participants, where there is one. */
  readonly closedByOperator: { readonly message: string | null } | null;
  /** The study does not use it; the sentence is the study's, where it gives one. */
  readonly closedByStudy: { readonly message: string | null } | null;
  /** Status of the participant's own account with it; null when there is none, or nobody is asked about. */
  readonly ownAccount: AccountStatus | null;
  /** Name of another provider on the same endpoint that the participant has connected. */
  readonly connectedThrough: string | null;
  /** Name of the organisation that it is part of; null when it is part of none. */
  readonly managingOrganization: string | null;
  /** Number of the provider to connect instead; null when there is none. */
  readonly successorID: number | null;
}

/** The fields of the provider object that depend on who asks (specification, "External Account Object"). */
export interface Offer {
  readonly enabled: boolean;
  readonly message?: string;
  readonly relatedProvider?: string;
  readonly managingOrganization?: string;
  readonly successorID?: number;
}

/**
 * Whether the participant may connect the provider now, and if not, why.
 *
 * What is true for everybody comes before what is true for one study, and that before what is true for one
 * person: a retired provider is no better for being hers. Messages are passed on as they are: for clients the
 * exact word `Unavailable` means to leave the provider out.
 */
export function judgeOffer(facts: OfferFacts): Offer {
  const { successorID, managingOrganization } = facts;
  const reason = findReason(facts);
  return omitUndefined({
    enabled: reason === undefined,
    ...reason,
    managingOrganization: reason === undefined ? undefined : (managingOrganization ?? undefined),
    successorID: successorID ?? undefined,
  });
}

/** What every participant reads when nobody has found better words. */
export const closedMessages = {
  notSetUp: 'Your study has not set up this connection.',
  retired: 'This connection is no longer offered.',
  notUsed: 'Your study does not use this connection.',
  closed: 'This connection is closed at the moment.',
} as const;

function findReason(facts: OfferFacts): Pick<Offer, 'message' | 'relatedProvider'> | undefined {
  const { definition, closedByOperator, closedByStudy, ownAccount, connectedThrough } = facts;
  const ended = definition?.lifecycle;
  if (ended?.state === 'retired' || ended?.state === 'closed') return { message: ended.message };
  if (facts.isRetired) return { message: closedMessages.retired };
  if (closedByOperator !== null) return { message: closedByOperator.message ?? closedMessages.closed };
  if (closedByStudy !== null) return { message: closedByStudy.message ?? closedMessages.notUsed };
  if (!facts.isSetUp) return { message: closedMessages.notSetUp };
  if (ownAccount === 'unauthorized') return undefined;
  // She knows that she has connected it: nothing has to be explained.
  if (ownAccount !== null) return {};
  if (connectedThrough !== null) return { relatedProvider: connectedThrough };
  return undefined;
}
