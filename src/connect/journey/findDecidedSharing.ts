import { findProviders } from '../../catalogue/offerProviders.ts';
import { compareSharing, nameAsked, type DecidedSharing } from '../../definitions/sharing.ts';
import type { AnyAuth } from '../../definitions/shape/auth.ts';
import type { ConnectParts } from '../connectParts.ts';
import type { Attempt } from '../store/attempts.ts';

/** How a provider is connected, for its words; undefined where nothing can be connected (any more). */
export async function findAuth(
  { database, catalogue }: Pick<ConnectParts, 'database' | 'catalogue'>,
  providerID: number,
): Promise<AnyAuth | undefined> {
  const [facts] = await findProviders(database, [providerID]);
  const auth = catalogue.definitions.get(facts?.definition ?? '')?.auth;
  return auth === undefined || auth.kind === 'none' ? undefined : auth;
}

/** What she decided on this journey; undefined where the provider has not told it. */
export async function findDecidedSharing(
  parts: Pick<ConnectParts, 'database' | 'catalogue'>,
  { providerID, askedScopes, grantedScopes }: Attempt,
): Promise<DecidedSharing | undefined> {
  if (grantedScopes === null) return undefined;
  const auth = await findAuth(parts, providerID);
  if (auth === undefined) return undefined;
  return compareSharing(auth, { asked: nameAsked(auth, askedScopes ?? []), granted: grantedScopes });
}
