import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isConnectable, type ConnectableDefinition } from '../../definitions/connectable.ts';
import { isFailure, judgeError, phases } from '../../definitions/judgeError.ts';
import { loadDefinitions } from '../../definitions/loadDefinitions.ts';
import { buildFailure, canFail } from './buildFailure.ts';
import { loadFolder } from '../../platform/loading/loadFolder.ts';
import type { Quirk } from './quirk.ts';
import type { Phase, Verdict } from '../../definitions/shape/errors.ts';

const definitions = await loadDefinitions(join(import.meta.dirname, '../../providers'));
const playable = [...definitions.values()].filter(isConnectable);
const files = await loadFolder(join(import.meta.dirname, '../quirks'), 'quirk');
const quirks = new Map(files.map(({ name, value }) => [name, value as Quirk]));
const speak = (definition: ConnectableDefinition) => ({
  definition,
  quirk: quirks.get(definition.slug) ?? {},
});

function judge(definition: ConnectableDefinition, phase: Phase, verdict: Verdict) {
  const { status, json: body, headers = {} } = buildFailure(speak(definition), phase, verdict);
  const answer = { status, body, wwwAuthenticate: headers['www-authenticate'] ?? '', timesInARow: 9 };
  return isFailure(definition, phase, answer) ? judgeError(definition, phase, answer) : 'fine';
}

describe.each(playable.map((definition) => [definition.slug, definition] as const))('%s', (_, definition) => {
  it.each(phases)('can say in the phase %s what every vendor can', (phase) => {
    for (const verdict of ['operator-alarm', 'rate-limited', 'retry-later', 'failed'] as const)
      expect(judge(definition, phase, verdict)).toBe(verdict);
    // What is given back and is not there any more has no owner to blame.
    if (phase === 'revoke') return;
    // What a refused access token means, only the token endpoint says, where there is something to be renewed.
    const isOpen = (phase === 'data' || phase === 'connect') && definition.auth.refresh.policy !== 'none';
    const dead = isOpen ? 'token-refused' : 'unauthorized';
    expect(judge(definition, phase, dead)).toBe(dead);
  });

  it('can say everything that its own rules know', () => {
    const unsayable = definition.errors.flatMap((rule) =>
      (rule.phases ?? phases)
        .filter((phase) => !canFail(speak(definition), phase, rule.verdict))
        .map((phase) => `${phase} ${rule.verdict}`),
    );
    expect(unsayable).toEqual([]);
  });
});

describe('the vendor’s own words', () => {
  const say = (slug: string, phase: Phase, ...verdicts: [Verdict, ...Verdict[]]) => {
    const { status, json } = buildFailure(
      speak(playable.find((one) => one.slug === slug)!),
      phase,
      ...verdicts,
    );
    return [status, json];
  };

  it.each<[string, Phase, Verdict, unknown]>([
    [
      'withings',
      'token',
      'operator-alarm',
      [200, { status: 503, error: 'Invalid Params: invalid client id/secret' }],
    ],
    ['withings', 'refresh', 'unauthorized', [200, { status: 503 }]],
    ['withings', 'data', 'rate-limited', [200, { status: 601 }]],
    ['withings', 'data', 'scope-missing', [200, { status: 403 }]],
    ['strava', 'token', 'operator-alarm', [401, { errors: [{ resource: 'Application' }] }]],
    ['strava', 'refresh', 'unauthorized', [400, { errors: [{ resource: 'RefreshToken' }] }]],
    ['fitbit', 'refresh', 'unauthorized', [400, { errors: [{ errorType: 'invalid_grant' }] }]],
    ['fitbit', 'data', 'retired', [410, {}]],
    ['coros', 'data', 'failed', [200, { result: '5099' }]],
    ['epic', 'data', 'no-data', [200, { issue: [{ details: { coding: [{ code: '4101' }] } }] }]],
  ])('of %s in the phase %s for %s', (slug, phase, verdict, words) => {
    expect(say(slug, phase, verdict)).toMatchObject(words as object);
  });

  it('come before the words of others, although another verdict was wanted first', () => {
    expect(say('withings', 'token', 'unauthorized', 'failed')).toEqual([
      200,
      { status: 2554, body: {}, error: 'Not implemented' },
    ]);
    expect(say('oura', 'token', 'unauthorized', 'failed')).toMatchObject([400, { error: 'invalid_grant' }]);
  });

  it('are missing where nothing can mean it', () => {
    const oura = playable.find((one) => one.slug === 'oura')!;
    expect(canFail(speak(oura), 'refresh', 'subscription-lapsed')).toBe(false);
    expect(() => buildFailure(speak(oura), 'refresh', 'subscription-lapsed')).toThrow('oura has no answer');
  });
});
