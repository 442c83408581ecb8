import { describe, expect, it } from 'vitest';
import type { ProviderConnection } from '../../oauth/connection.ts';
import type { ProviderTrouble } from '../../oauth/providerTrouble.ts';
import { createLogger } from '../../platform/log/logger.ts';
import { judgeTrouble } from './judgeTrouble.ts';

function judge(trouble: Pick<ProviderTrouble, 'verdict' | 'cause'>) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('debug', {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const connection = { definition: { slug: 'band' } } as unknown as ProviderConnection;
  const outcome = judgeTrouble({ log }, connection, { outcome: 'trouble', ...trouble });
  const [line = {}] = lines;
  const { time: _time, ...written } = line;
  return { outcome, written, lines: lines.length };
}

describe('trouble with a provider during a journey', () => {
  it.each<[ProviderTrouble['verdict'], string]>([
    ['operator-alarm', 'set-up-broken'],
    ['rate-limited', 'provider-unavailable'],
    ['retry-later', 'provider-unavailable'],
    ['consent-missing', 'consent-missing'],
    ['retired', 'not-offered'],
    ['unauthorized', 'provider-failed'],
    ['scope-missing', 'provider-failed'],
    ['subscription-lapsed', 'provider-failed'],
    ['no-data', 'provider-failed'],
    ['failed', 'provider-failed'],
  ])('that is %s is told to the participant as %s, and to operators in one line', (verdict, outcome) => {
    const isAlarm = verdict === 'operator-alarm';
    expect(judge({ verdict, cause: 'token-refused' })).toEqual({
      outcome,
      lines: 1,
      written: {
        event: isAlarm ? 'connect-needs-operator' : 'connect-troubled',
        level: isAlarm ? 'error' : 'warn',
        definition: 'band',
        cause: 'token-refused',
        verdict,
      },
    });
  });

  it.each(['wrong-issuer', 'no-patient'] as const)(
    'has words of its own for %s, whatever the verdict',
    (cause) => {
      for (const verdict of ['operator-alarm', 'failed'] as const)
        expect(judge({ verdict, cause })).toMatchObject({ outcome: cause, written: { cause, verdict } });
    },
  );
});
