import type { ConnectionSubject } from '../../accounts/connection.ts';
import { noSuchProvider } from '../../catalogue/errors.ts';
import { judgeConnecting, type ConnectVerdict } from '../../catalogue/judgeConnecting.ts';
import { findProviders, readSituation } from '../../catalogue/offerProviders.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import type { ConnectParts } from '../connectParts.ts';

/**
 * Which provider's journey begins when the participant asks for this one, and why it may not.
 *
 * @throws {DomainError} `no-such-provider`
 */
export async function judgeJourney(
  parts: Pick<ConnectParts, 'database' | 'catalogue' | 'publicUrl'>,
  subject: ConnectionSubject,
): Promise<ConnectVerdict> {
  const { database } = parts;
  const [facts] = await findProviders(database, [subject.providerID]);
  if (facts === undefined) throw new DomainError(noSuchProvider, 'There is no provider with this number.');
  return judgeConnecting(parts, await readSituation(database, subject), facts);
}
