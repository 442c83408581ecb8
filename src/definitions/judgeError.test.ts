import { describe, expect, it } from 'vitest';
import { buildDefinition } from '../../test/builders/definition.ts';
import type { Phase, Verdict } from './shape/errors.ts';
import { isFailure, judgeError, phases, type ErrorFacts, type VendorAnswer } from './judgeError.ts';
import { readPath } from './readPath.ts';

const plain: ErrorFacts = buildDefinition();
const verdicts = Object.keys({
  unauthorized: true,
  'token-refused': true,
  'consent-missing': true,
  'scope-missing': true,
  'subscription-lapsed': true,
  'no-data': true,
  'rate-limited': true,
  'retry-later': true,
  retired: true,
  'operator-alarm': true,
  failed: true,
} satisfies Record<Verdict, true>);
const oauth = (error: unknown, status = 400): VendorAnswer => ({ status, body: { error } });

describe('judgeError', () => {
  const cases: readonly (readonly [Phase | 'any', VendorAnswer, Verdict])[] = [
    // The code decides before the status.
    ['token', oauth('invalid_grant'), 'unauthorized'],
    ['refresh', oauth('invalid_grant'), 'unauthorized'],
    ['data', oauth('invalid_grant'), 'token-refused'],
    ['revoke', oauth('invalid_grant'), 'no-data'],
    ['revoke', oauth('invalid_token'), 'no-data'],
    ['revoke', oauth('unsupported_token_type'), 'failed'],
    ['refresh', oauth('invalid_grant', 401), 'unauthorized'],
    ['refresh', oauth('invalid_grant', 403), 'unauthorized'],
    ['any', oauth('invalid_client', 401), 'operator-alarm'],
    ['any', oauth('invalid_client', 400), 'operator-alarm'],
    ['any', oauth('unauthorized_client'), 'operator-alarm'],
    ['any', oauth('unsupported_grant_type'), 'operator-alarm'],
    ['any', oauth('invalid_scope'), 'operator-alarm'],
    ['refresh', oauth('invalid_request'), 'failed'],
    ['data', oauth('invalid_token', 401), 'token-refused'],
    ['data', oauth('insufficient_scope', 403), 'scope-missing'],
    ['refresh', oauth('temporarily_unavailable'), 'retry-later'],
    ['token', oauth('access_denied'), 'failed'],
    // A gateway in trouble is not believed, nor is a success that says error.
    ['refresh', oauth('invalid_grant', 500), 'retry-later'],
    ['refresh', oauth('invalid_grant', 502), 'retry-later'],
    ['refresh', oauth('invalid_grant', 408), 'retry-later'],
    ['refresh', oauth('invalid_grant', 429), 'rate-limited'],
    ['refresh', oauth('invalid_grant', 200), 'failed'],
    ['data', oauth('invalid_token', 503), 'retry-later'],
    // Challenges (RFC 6750 section 3).
    ['data', { status: 401, wwwAuthenticate: 'Bearer realm="x", error="invalid_token"' }, 'token-refused'],
    [
      'data',
      { status: 403, wwwAuthenticate: 'Bearer error=insufficient_scope, scope="a b"' },
      'scope-missing',
    ],
    ['data', { status: 401, wwwAuthenticate: 'bearer ERROR="invalid_client"' }, 'operator-alarm'],
    [
      'data',
      { status: 403, wwwAuthenticate: 'Basic realm="a", Bearer error="invalid_token"' },
      'token-refused',
    ],
    ['data', { status: 403, wwwAuthenticate: 'Bearer realm="error=invalid_token"' }, 'scope-missing'],
    ['data', { status: 403, wwwAuthenticate: 'Digest error="invalid_token"' }, 'scope-missing'],
    ['data', { status: 403, wwwAuthenticate: `Bearer ${'a'.repeat(100_000)}` }, 'scope-missing'],
    // Nothing but a status.
    ['data', { status: 401 }, 'token-refused'],
    ['data', { status: 403 }, 'scope-missing'],
    ['data', { status: 404 }, 'no-data'],
    ['connect', { status: 401 }, 'token-refused'],
    ['connect', { status: 403 }, 'scope-missing'],
    ['connect', { status: 404 }, 'failed'],
    ['data', { status: 400 }, 'failed'],
    ['data', { status: 302 }, 'failed'],
    ['data', { status: 200 }, 'failed'],
    ['any', { status: 410 }, 'retired'],
    ['any', { status: 429 }, 'rate-limited'],
    ['any', { status: 500 }, 'retry-later'],
    ['any', { status: 503, body: '<html>' }, 'retry-later'],
    ['any', { status: 408 }, 'retry-later'],
    ['any', {}, 'retry-later'],
    ['refresh', { status: 400 }, 'retry-later'],
    ['refresh', { status: 400, body: {} }, 'failed'],
    ['refresh', { status: 401 }, 'retry-later'],
    ['refresh', { status: 401, body: {} }, 'failed'],
    ['refresh', { status: 403 }, 'retry-later'],
    ['refresh', { status: 403, body: {} }, 'failed'],
    ['token', { status: 404 }, 'retry-later'],
    ['token', { status: 404, body: {} }, 'failed'],
    ['revoke', { status: 404 }, 'failed'],
    // Words for people decide nothing.
    ['refresh', { status: 400, body: { error_description: 'invalid_grant' } }, 'failed'],
    ['refresh', { status: 400, body: 'invalid_grant' }, 'retry-later'],
    ['refresh', oauth(['invalid_grant']), 'failed'],
    ['refresh', oauth({ code: 'invalid_grant' }), 'failed'],
    ['refresh', oauth('Invalid_Grant'), 'failed'],
  ];
  for (const [phase, call, verdict] of cases)
    it(`calls ${phase} ${JSON.stringify(call).slice(0, 90)} ${verdict}`, () => {
      for (const one of phase === 'any' ? phases : [phase])
        expect(judgeError(plain, one, call)).toBe(verdict);
    });

  it('asks the rules of the vendor first, in their order', () => {
    const vendor: ErrorFacts = {
      ...plain,
      errors: [
        { phases: ['data'], status: 403, verdict: 'subscription-lapsed' },
        { status: 403, verdict: 'failed' },
        { status: [401, 247], verdict: 'consent-missing' },
        {
          phases: ['refresh', 'data'],
          body: { path: 'errors.0.type', in: ['gone', 7] },
          verdict: 'unauthorized',
        },
      ],
    };
    expect(judgeError(vendor, 'data', { status: 403 })).toBe('subscription-lapsed');
    expect(judgeError(vendor, 'refresh', { status: 403 })).toBe('failed');
    expect(judgeError(vendor, 'data', { status: 247 })).toBe('consent-missing');
    for (const type of ['gone', 7])
      expect(judgeError(vendor, 'data', { status: 403, body: { errors: [{ type }] } })).toBe('unauthorized');
    expect(judgeError(vendor, 'data', { status: 403, body: { errors: [{ type: '7' }] } })).toBe(
      'subscription-lapsed',
    );
    expect(judgeError(vendor, 'token', { status: 200, body: { errors: [{ type: 7 }] } })).toBe('failed');
  });

  it('never holds our credentials or the vendor’s trouble against a participant', () => {
    const vendor: ErrorFacts = {
      ...plain,
      errors: [{ phases: ['refresh'], status: [400, 401], verdict: 'unauthorized' }],
    };
    expect(judgeError(vendor, 'refresh', { status: 401, body: {} })).toBe('unauthorized');
    // A page, or nothing: a gateway wrote it.
    for (const body of [undefined, '', '<html>', null, [], 7])
      expect(judgeError(vendor, 'refresh', { status: 401, body })).toBe('retry-later');
    expect(judgeError(vendor, 'refresh', oauth('invalid_request', 401))).toBe('unauthorized');
    expect(judgeError(vendor, 'refresh', oauth('invalid_client', 401))).toBe('operator-alarm');
    expect(judgeError(vendor, 'refresh', oauth('temporarily_unavailable', 400))).toBe('retry-later');
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(judgeError(plain, 'refresh', oauth(name))).toBe('failed');
  });

  it('takes a refused access token for no verdict on a grant that can be renewed', () => {
    const over = buildDefinition();
    const auth = { ...over.auth, refresh: { policy: 'none', accessTokenLifetimeS: 60 } };
    const ends = { ...over, auth } as ErrorFacts;
    for (const phase of ['data', 'connect'] as const)
      for (const answer of [{ status: 401 }, oauth('invalid_token', 401), oauth('invalid_grant', 403)]) {
        expect(judgeError(plain, phase, answer)).toBe('token-refused');
        expect(judgeError(ends, phase, answer)).toBe('unauthorized');
      }
  });

  it('believes a rule only after as many failures in a row as it asks for', () => {
    const vendor: ErrorFacts = {
      ...plain,
      errors: [{ phases: ['data'], status: 401, times: 3, verdict: 'unauthorized' }],
    };
    for (const [timesInARow, verdict] of [
      [1, 'retry-later'],
      [2, 'retry-later'],
      [3, 'unauthorized'],
      [9, 'unauthorized'],
    ] as const)
      expect(judgeError(vendor, 'data', { status: 401, body: { error: 'invalid_token' }, timesInARow })).toBe(
        verdict,
      );
    expect(judgeError(vendor, 'data', { status: 401 })).toBe('retry-later');
  });

  it('believes no rule of a server in trouble that consent has ended, unless it is about that status', () => {
    const gone = { path: 'error', in: ['gone'] } as const;
    const vendor: ErrorFacts = { ...plain, errors: [{ body: gone, verdict: 'unauthorized' }] };
    const exact: ErrorFacts = { ...plain, errors: [{ status: 500, body: gone, verdict: 'unauthorized' }] };
    expect(judgeError(vendor, 'refresh', oauth('gone', 400))).toBe('unauthorized');
    for (const status of [408, 500, 503])
      expect(judgeError(vendor, 'refresh', oauth('gone', status))).toBe('retry-later');
    expect(judgeError(vendor, 'refresh', oauth('gone', 429))).toBe('rate-limited');
    expect(judgeError(exact, 'refresh', oauth('gone', 500))).toBe('unauthorized');
  });

  it('finds failures inside answers with status 200', () => {
    const vendor: ErrorFacts = {
      ...plain,
      errors: [
        { phases: ['data'], body: { path: 'status', in: [247] }, verdict: 'unauthorized' },
        { phases: ['data'], bodyNot: { path: 'status', in: [0] }, verdict: 'failed' },
        { phases: ['data'], bodyNot: { path: 'error', in: [] }, verdict: 'retry-later' },
      ],
    };
    const call = (body: unknown) => ({ status: 200, body });
    for (const fine of [{ status: 0 }, {}, [], 'x', undefined])
      expect(isFailure(vendor, 'data', call(fine))).toBe(false);
    for (const [body, verdict] of [
      [{ status: 247 }, 'unauthorized'],
      [{ status: 601 }, 'failed'],
      [{ status: '0' }, 'failed'],
      [{ status: null }, 'failed'],
      [{ status: 0, error: 'anything' }, 'retry-later'],
    ] as const) {
      expect(isFailure(vendor, 'data', call(body))).toBe(true);
      expect(judgeError(vendor, 'data', call(body))).toBe(verdict);
      expect(isFailure(vendor, 'refresh', call(body))).toBe(false);
    }
    for (const status of [199, 300, 404, 500]) expect(isFailure(plain, 'data', { status })).toBe(true);
    expect(isFailure(plain, 'data', {})).toBe(true);
  });

  it('knows the status of an interface that was shut down', () => {
    const retired: ErrorFacts = {
      ...plain,
      lifecycle: { state: 'retired', on: '2026-11-02', message: 'Gone.', goneStatus: 404 },
    };
    for (const phase of phases) expect(judgeError(retired, phase, { status: 404 })).toBe('retired');
  });

  it('takes 410 for one record that was deleted where data are FHIR', () => {
    const fhir: ErrorFacts = {
      ...plain,
      delivery: {
        by: 'fhir',
        fhir: { versions: ['R4'], resources: [{ type: 'Patient', releases: 'demographics' }], pageSize: 50 },
      },
    };
    expect(judgeError(fhir, 'data', { status: 410 })).toBe('no-data');
    expect(judgeError(fhir, 'refresh', { status: 410 })).toBe('retired');
  });

  it('finds nothing left to do where a grant was revoked before', () => {
    const { auth } = plain;
    if (auth.kind === 'none' || auth.revoke.by !== 'call') throw new Error('the fixture has a revoke call');
    expect(auth.revoke.alreadyGone).toContain(401);
    expect(judgeError(plain, 'revoke', { status: 401 })).toBe('no-data');
    const revoke = { ...auth.revoke, alreadyGoneWhen: { path: 'status', in: [247, 250] } } as const;
    const told: ErrorFacts = { ...plain, auth: { ...auth, revoke } };
    expect(judgeError(told, 'revoke', { status: 200, body: { status: 250 } })).toBe('no-data');
    expect(judgeError(told, 'revoke', { status: 200, body: { status: 601 } })).toBe('failed');
  });

  it('reaches a verdict for everything', () => {
    for (const phase of phases)
      for (let status = 100; status < 700; status++)
        expect(verdicts).toContain(judgeError(plain, phase, { status, body: { error: 'whatever' } }));
  });
});

describe('readPath', () => {
  it('gives what stands at a path, and undefined beside it', () => {
    const value = { a: { b: [{ c: 1 }, 'x'] }, length: 3, empty: null };
    expect(readPath(value, '')).toBe(value);
    expect(readPath(value, 'a.b.0.c')).toBe(1);
    expect(readPath(value, 'a.b.1')).toBe('x');
    expect(readPath(value, 'length')).toBe(3);
    for (const path of [
      'a.b.length',
      'a.b.2',
      'a.b.-1',
      'constructor',
      '__proto__',
      'a.c.d',
      'empty.x',
      'a.b.1.0',
      'a.',
    ])
      expect(readPath(value, path), path).toBeUndefined();
  });
});
