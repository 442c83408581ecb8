import type { ConnectionSubject } from '../../accounts/connection.ts';
import { noSuchProvider } from '../../catalogue/errors.ts';
import { closedMessages } from '../../catalogue/judgeOffer.ts';
import { findProviders, offerProviders, readSituation } from '../../catalogue/offerProviders.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import type { ConnectParts } from '../connectParts.ts';

/**
 * Why the participant may not connect the provider now, in a sentence for her; undefined when she may. What she has
 * connected before she may connect again, in whatever state it is.
 *
 * @throws {DomainError} `no-such-provider`
 */
export async function findReasonAgainst(
  parts: Pick<ConnectParts, 'database' | 'catalogue' | 'publicUrl'>,
  subject: ConnectionSubject,
): Promise<string | undefined> {
  const { database } = parts;
  const [facts] = await findProviders(database, [subject.providerID]);
  if (facts === undefined) throw new DomainError(noSuchProvider, 'There is no provider with this number.');
  const situation = await readSituation(database, subject);
  // Her own account is no reason against connecting it again.
  const accounts = situation.accounts.filter(({ providerID }) => providerID !== subject.providerID);
  const [offer] = await offerProviders(parts, { ...situation, accounts }, [facts]);
  if (offer?.enabled === true) return undefined;
  const { message, relatedProvider } = offer ?? {};
  return (
    message ??
    (relatedProvider === undefined
      ? closedMessages.closed
      : `It is connected already, through ${relatedProvider}.`)
  );
}
