import type { Secret } from '../../platform/config/secret.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { callProvider } from '../calls/callProvider.ts';
import { variablesIn } from '../../definitions/callVariables.ts';
import type { ProviderConnection } from '../connection.ts';
import { createTrouble, type ProviderTrouble } from '../providerTrouble.ts';
import { mayFetch, nameAsked } from '../../definitions/sharing.ts';

interface Registration {
  readonly accessToken: Secret;
  readonly scopes: readonly string[];
  readonly askedScopes: readonly string[];
  readonly userID: string | undefined;
  readonly accountID: number;
}

/** What only a receiver of webhooks knows. There is none yet, so calls that name it are left out: nothing is pushed. */
const ofWebhooks = ['webhookUrl', 'webhookSecret', 'subscriptionID'];

/** Makes the calls that complete a connection, in their order; the first one that fails ends it. */
export async function registerPerson(
  parts: { readonly clock: Clock },
  connection: ProviderConnection,
  { accessToken, scopes, askedScopes, userID, accountID }: Registration,
): Promise<ProviderTrouble | undefined> {
  const { auth } = connection.definition;
  const consent = { asked: nameAsked(auth, askedScopes), granted: scopes };
  for (const { needsScope, ...call } of auth.afterConnect ?? []) {
    // Notices about what nobody asked for would be data about it.
    if (needsScope !== undefined && !mayFetch(auth, consent, needsScope)) continue;
    if (variablesIn(JSON.stringify(call)).some((name) => ofWebhooks.includes(name))) continue;
    const subject = {
      phase: 'connect',
      accessToken,
      values: { userID, accountID: String(accountID) },
    } as const;
    const made = await callProvider(parts, connection, { call, subject });
    if (made.outcome === 'failed') return createTrouble('registration-refused', made.verdict);
  }
  return undefined;
}
