import { describe, expect, it } from 'vitest';
import { judgeError } from '../definitions/judgeError.ts';
import { provider } from './googleHealth.ts';

const definition = { ...provider, slug: 'googleHealth' };
const { events } = provider.delivery.webhook;

describe('the definition of Google Health', () => {
  it('tells a Google account without health data from a missing scope', () => {
    const notLinked = { error: { code: 403, details: [{ reason: 'ACCOUNT_NOT_LINKED' }] } };
    expect(judgeError(definition, 'data', { status: 403, body: notLinked })).toBe('consent-missing');
    expect(judgeError(definition, 'data', { status: 403, body: { error: { code: 403 } } })).toBe(
      'scope-missing',
    );
  });

  it('says which kind of data is due for every notice that it subscribes to, and nothing else', () => {
    const subscribed = provider.delivery.appSubscription.create.json.subscriberConfigs[0].dataTypes;
    const due = events.flatMap((event) => ('resources' in event ? [...event.resources] : []));
    expect(due).toEqual([...subscribed]);
    const known = new Set<string>(provider.delivery.resources.map(({ name }) => name));
    expect(due.filter((name) => !known.has(name))).toEqual([]);
    // Conditions are asked in order: a deletion must not be read as news, and strangers come last.
    expect([events[0].means, events.at(-1)?.means]).toEqual(['data-deleted', 'ignored']);
  });

  it('compares the field that each kind of data has, in the spelling of filters', () => {
    const fields = new Map<string, string | undefined>(
      provider.delivery.resources.map((one) => [
        one.name,
        'range' in one && 'field' in one.range ? one.range.field : undefined,
      ]),
    );
    expect(fields.get('steps')).toBe('steps.interval.start_time');
    expect(fields.get('heart-rate-variability')).toBe('heart_rate_variability.sample_time.physical_time');
    expect(fields.get('daily-resting-heart-rate')).toBe('daily_resting_heart_rate.date');
    expect(fields.get('sleep')).toBe('sleep.interval.end_time');
    expect(fields.get('exercise')).toBe('exercise.interval.civil_start_time');
  });

  it('renews a refresh token long before six months of disuse end it', () => {
    const { keepAliveEveryS, refreshTokenLifetimeS } = provider.auth.refresh;
    expect(keepAliveEveryS).toBeLessThan(refreshTokenLifetimeS / 2);
  });
});
