import type { Database } from '../platform/storage/database.ts';
import { closedMessages } from './offers/judgeOffer.ts';
import type { OfferContext, ProviderFacts } from './offerFacts.ts';
import { offerProviders, type OfferSituation } from './offerProviders.ts';
import { findInPlace } from './successors.ts';

/** What a request to connect a provider comes to. */
export interface ConnectVerdict {
  /** The provider whose journey begins: the one that was asked for, or its successor in its place. */
  readonly providerID: number;
  /** Why it may not begin, in a sentence for the participant; undefined when it may. */
  readonly reason: string | undefined;
}

/**
 * Whether the participant may connect a provider now, the one place that decides it: a journey begins by it, and clients
 * are offered nothing else. What she has connected before she may connect again, in whatever state it is.
 */
export async function judgeConnecting(
  context: OfferContext & { readonly database: Database },
  situation: OfferSituation,
  asked: ProviderFacts,
): Promise<ConnectVerdict> {
  const provider = await findInPlace(context, asked);
  // Her own account is no reason against connecting it again.
  const accounts = situation.accounts.filter(
    ({ providerID }) => providerID !== provider.id && providerID !== asked.id,
  );
  const [offer] = await offerProviders(context, { ...situation, accounts }, [provider]);
  return { providerID: provider.id, reason: offer?.enabled === true ? undefined : findWords(offer ?? {}) };
}

function findWords({
  message,
  relatedProvider,
}: {
  readonly message?: string;
  readonly relatedProvider?: string;
}): string {
  if (message !== undefined) return message;
  return relatedProvider === undefined
    ? closedMessages.closed
    : `It is connected already, through ${relatedProvider}.`;
}
