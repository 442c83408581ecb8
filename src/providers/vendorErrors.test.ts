import { describe, expect, it } from 'vitest';

import type { ProviderDefinition } from '../definitions/defineProvider.ts';
import { isFailure, judgeError, type VendorAnswer } from '../definitions/judgeError.ts';
import { provider as dexcom } from './dexcom.ts';
import { provider as fitbit } from './fitbit.ts';
import { provider as garmin } from './garmin.ts';
import { provider as oura } from './oura.ts';
import { provider as polar } from './polar.ts';
import { provider as strava } from './strava.ts';
import { provider as whoop } from './whoop.ts';
import { provider as withings } from './withings.ts';

type Phase = Parameters<typeof judgeError>[1];
type Case = readonly [Phase, VendorAnswer, ReturnType<typeof judgeError>];

const told = (status: number): VendorAnswer => ({ status: 200, body: { status, body: {}, error: 'words' } });
const oauth = (error: string, status = 400): VendorAnswer => ({ status, body: { error } });
const fitbitSays = (status: number, errorType: string): VendorAnswer => ({
  status,
  body: { errors: [{ errorType, message: 'words' }], success: false },
});
const stravaSays = (status: number, resource: string): VendorAnswer => ({
  status,
  body: { message: 'Bad Request', errors: [{ resource, field: 'x', code: 'invalid' }] },
});

const vendors: readonly (readonly [ProviderDefinition, readonly Case[]])[] = [
  [
    withings,
    [
      ['data', told(601), 'rate-limited'],
      ['refresh', told(601), 'rate-limited'],
      // A refused access token is no word on a consent that can be renewed.
      ['data', told(401), 'token-refused'],
      ['data', told(247), 'unauthorized'],
      ['data', told(250), 'unauthorized'],
      ['data', told(328), 'unauthorized'],
      // The number stands for wrong parameters of ours too.
      ['refresh', told(503), 'failed'],
      ['data', told(503), 'failed'],
      ['token', told(503), 'failed'],
      ['connect', told(247), 'failed'],
      ['revoke', told(247), 'no-data'],
      ['revoke', told(342), 'operator-alarm'],
      ['data', told(403), 'scope-missing'],
      ['data', told(522), 'retry-later'],
      ['data', told(2554), 'failed'],
      ['data', { status: 429 }, 'rate-limited'],
    ],
  ],
  [
    fitbit,
    [
      ['data', { status: 410 }, 'retired'],
      ['refresh', { status: 410 }, 'retired'],
      ['refresh', fitbitSays(400, 'invalid_grant'), 'unauthorized'],
      ['refresh', fitbitSays(401, 'invalid_client'), 'operator-alarm'],
      ['data', fitbitSays(401, 'invalid_token'), 'unauthorized'],
      ['data', fitbitSays(401, 'expired_token'), 'token-refused'],
      ['data', fitbitSays(403, 'insufficient_scope'), 'scope-missing'],
      ['data', fitbitSays(403, 'insufficient_permissions'), 'scope-missing'],
      ['data', { status: 429 }, 'rate-limited'],
    ],
  ],
  [
    polar,
    [
      ['connect', { status: 403 }, 'consent-missing'],
      ['data', { status: 403 }, 'consent-missing'],
      ['data', { status: 401 }, 'unauthorized'],
    ],
  ],
  [
    dexcom,
    [
      ['refresh', oauth('invalid_grant'), 'retry-later'],
      ['refresh', { ...oauth('invalid_grant'), timesInARow: 2 }, 'retry-later'],
      ['refresh', { ...oauth('invalid_grant'), timesInARow: 3 }, 'unauthorized'],
      ['data', { status: 401, timesInARow: 2 }, 'token-refused'],
      ['data', { status: 401, timesInARow: 3 }, 'token-refused'],
      ['refresh', { ...oauth('invalid_client', 401), timesInARow: 9 }, 'operator-alarm'],
    ],
  ],
  ...([garmin, whoop] as const).map((vendor): readonly [ProviderDefinition, readonly Case[]] => [
    vendor,
    [
      // What is no JSON object a gateway has written.
      ['refresh', { status: 400 }, 'retry-later'],
      ['refresh', { status: 401, body: 'words' }, 'retry-later'],
      ['refresh', { status: 400, body: {} }, 'unauthorized'],
      ['refresh', { status: 401, body: {} }, 'unauthorized'],
      ['refresh', oauth('invalid_client', 401), 'operator-alarm'],
      ['refresh', oauth('invalid_request'), 'failed'],
      ['refresh', { status: 503 }, 'retry-later'],
      ['data', { status: 401 }, 'token-refused'],
      ['data', { status: 403 }, 'scope-missing'],
      ['revoke', { status: 401 }, 'no-data'],
    ],
  ]),
  [
    strava,
    [
      ['refresh', stravaSays(400, 'RefreshToken'), 'unauthorized'],
      ['refresh', stravaSays(401, 'Application'), 'operator-alarm'],
      ['token', stravaSays(400, 'Application'), 'operator-alarm'],
      ['data', stravaSays(401, 'Athlete'), 'token-refused'],
      ['data', { status: 403 }, 'scope-missing'],
      ['data', { status: 404 }, 'no-data'],
      ['revoke', { status: 503 }, 'retry-later'],
    ],
  ],
  [
    oura,
    [
      ['data', { status: 403 }, 'subscription-lapsed'],
      ['data', { status: 401 }, 'token-refused'],
      ['data', { status: 422 }, 'failed'],
      ['revoke', { status: 401 }, 'no-data'],
    ],
  ],
];

describe.each(vendors.map(([vendor, cases]) => [vendor.name, vendor, cases] as const))(
  '%s',
  (_, vendor, cases) => {
    it.each(cases)('means what it answers: %s %j is %s', (phase, answer, verdict) => {
      expect(isFailure(vendor, phase, answer)).toBe(true);
      expect(judgeError(vendor, phase, answer)).toBe(verdict);
    });
  },
);

describe('Withings', () => {
  it('succeeds with status 0 in an answer, in every phase', () => {
    for (const phase of ['token', 'connect', 'refresh', 'data', 'revoke'] as const)
      expect(isFailure(withings, phase, told(0))).toBe(false);
  });
});
