import type { ProviderConnection } from '../../oauth/connection.ts';
import type { ProviderTrouble } from '../../oauth/providerTrouble.ts';
import { defineEvent } from '../../platform/log/logger.ts';
import type { ConnectParts } from '../connectParts.ts';
import type { JourneyOutcome } from '../journey/outcomes.ts';

/** Trouble with a provider during a journey. Names the definition and a code of a fixed set, nobody and no answer. */
const troubled = defineEvent('connect-troubled', 'warn', 'definition', 'cause', 'verdict');
/** Nobody can connect this provider until an operator has mended something. */
const needsOperator = defineEvent('connect-needs-operator', 'error', 'definition', 'cause', 'verdict');

/** How trouble with a provider is told to the participant; operators find it in the log. */
export function judgeTrouble(
  { log }: Pick<ConnectParts, 'log'>,
  { definition }: ProviderConnection,
  { verdict, cause }: ProviderTrouble,
): Exclude<JourneyOutcome, 'connected'> {
  log(verdict === 'operator-alarm' ? needsOperator : troubled, {
    definition: definition.slug,
    cause,
    verdict,
  });
  if (cause === 'wrong-issuer' || cause === 'no-patient') return cause;
  switch (verdict) {
    case 'operator-alarm':
      return 'set-up-broken';
    case 'rate-limited':
    case 'retry-later':
      return 'provider-unavailable';
    case 'consent-missing':
      return 'consent-missing';
    case 'retired':
      return 'not-offered';
    case 'unauthorized':
    case 'token-refused':
    case 'scope-missing':
    case 'subscription-lapsed':
    case 'no-data':
    case 'failed':
      return 'provider-failed';
  }
}
