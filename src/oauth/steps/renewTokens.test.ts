import { describe, expect, it } from 'vitest';
import { buildDefinition } from '../../../test/builders/definition.ts';
import { answerWith, createScriptedDoor } from '../../../test/builders/scriptedDoor.ts';
import { createFakeClock } from '../../../test/harness/fakeClock.ts';
import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import { Secret } from '../../platform/config/secret.ts';
import type { ProviderAnswer } from '../../platform/outbound/providerFetch.ts';
import { renewTokens } from './renewTokens.ts';

const server = {
  authorization_endpoint: 'https://meadow.example.org/authorize',
  token_endpoint: 'https://meadow.example.org/token',
};
const clock = createFakeClock(1_000_000_000);
const plain = buildDefinition() as ConnectableDefinition;

async function renew(answer: ProviderAnswer, auth: object = {}) {
  const { door, seen } = createScriptedDoor(() => answer);
  const definition = { ...plain, auth: { ...plain.auth, ...auth } } as ConnectableDefinition;
  const credentials = { clientID: 'me', clientSecret: new Secret('hush'), settings: {} };
  const renewal = await renewTokens(
    { clock },
    { definition, credentials, door },
    {
      server,
      accessToken: new Secret('old'),
      refreshToken: new Secret('shown'),
      redirectUri: 'https://us.example/back',
    },
  );
  return { renewal, seen };
}

const unanswered = (mayHaveArrived: boolean) =>
  ({ outcome: 'timed-out', mayHaveArrived }) as unknown as ProviderAnswer;
const pair = { access_token: 'a2', refresh_token: 'r2', token_type: 'bearer', expires_in: 600 };

describe('renewTokens', () => {
  it('shows the token once, and gives the new pair with its end counted from the sending', async () => {
    const { renewal, seen } = await renew(answerWith(200, { ...pair, scope: 'sleep person' }));
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: server.token_endpoint,
      body: {
        form: { grant_type: 'refresh_token', refresh_token: 'shown', client_id: 'me', client_secret: 'hush' },
      },
    });
    if (renewal.outcome !== 'renewed') throw new Error(renewal.outcome);
    const { accessToken, refreshToken, ...rest } = renewal.grant;
    expect([accessToken.reveal(), refreshToken?.reveal()]).toEqual(['a2', 'r2']);
    expect(rest).toEqual({
      accessExpiresAt: clock.now() + 600_000,
      refreshExpiresAt: clock.now() + 86_400_000,
      scopes: ['sleep', 'person'],
    });
  });

  it.each([[undefined], [null], [''], ['shown']])(
    'keeps the refresh token where the answer says %j for it',
    async (given) => {
      const { renewal } = await renew(answerWith(200, { ...pair, refresh_token: given }));
      expect(renewal.outcome === 'renewed' && renewal.grant.refreshToken?.reveal()).toBe('shown');
    },
  );

  it('reads an answer that is a form although JSON was asked for', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const { renewal } = await renew(
      answerWith(200, 'access_token=a2&token_type=bearer&expires_in=600', headers),
    );
    expect(renewal.outcome === 'renewed' && renewal.grant.accessToken.reveal()).toBe('a2');
  });

  it('takes no scopes from an answer to a request that named some: they are those of the token', async () => {
    const { renewal } = await renew(answerWith(200, { ...pair, scope: 'offline' }), {
      refreshParameters: { scope: 'offline' },
    });
    expect(renewal).toMatchObject({ outcome: 'renewed' });
    expect(renewal.outcome === 'renewed' && 'scopes' in renewal.grant).toBe(false);
  });

  it.each([[''], [[]], [{}], [7], [null]])('takes %j for no word on scopes', async (scope) => {
    const { renewal } = await renew(answerWith(200, { ...pair, scope }));
    expect(renewal.outcome === 'renewed' && 'scopes' in renewal.grant).toBe(false);
  });

  it('moves no end that counts from the consent', async () => {
    const { renewal } = await renew(answerWith(200, pair), {
      refresh: { ...plain.auth.refresh, grantEnds: { from: 'consent', afterS: 7_776_000 } },
    });
    expect(renewal).toMatchObject({ outcome: 'renewed' });
    expect(renewal.outcome === 'renewed' && 'grantEndsAt' in renewal.grant).toBe(false);
  });

  it('repeats the address of the redirect for those that want it', async () => {
    const { seen } = await renew(answerWith(200, pair), { refreshRepeats: ['redirect_uri'] });
    expect(seen[0]?.body).toMatchObject({ form: { redirect_uri: 'https://us.example/back' } });
  });

  it.each<[string, ProviderAnswer, object]>([
    ['invalid_grant', answerWith(400, { error: 'invalid_grant' }), { outcome: 'refused', status: 400 }],
    [
      'a refusal inside a success',
      answerWith(200, { error: 'invalid_grant' }),
      { outcome: 'refused', status: 200 },
    ],
    [
      'invalid_client',
      answerWith(401, { error: 'invalid_client' }),
      { outcome: 'failed', verdict: 'operator-alarm' },
    ],
    [
      'invalid_request',
      answerWith(400, { error: 'invalid_request' }),
      { outcome: 'failed', verdict: 'failed' },
    ],
    ['an unknown code', answerWith(400, { error: 'moonstruck' }), { outcome: 'failed', verdict: 'failed' }],
    ['a 401 page', answerWith(401, '<html>no</html>'), { outcome: 'gateway', status: 401 }],
    ['an empty 400', answerWith(400, ''), { outcome: 'gateway', status: 400 }],
    ['a 403 page', answerWith(403, '<html>blocked</html>'), { outcome: 'gateway', status: 403 }],
    [
      'a page that calls itself a success',
      answerWith(200, '<html>soon back</html>'),
      { outcome: 'unreadable' },
    ],
    ['an empty success', answerWith(200, ''), { outcome: 'unreadable' }],
    ['a success without a token', answerWith(200, { hello: 1 }), { outcome: 'unreadable' }],
    ['a list', answerWith(200, []), { outcome: 'unreadable' }],
    [
      'a token that no header can hold',
      answerWith(200, { ...pair, access_token: 'ä' }),
      { outcome: 'unreadable' },
    ],
    ['503', answerWith(503, { error: 'temporarily_unavailable' }), { outcome: 'unanswered' }],
    ['500', answerWith(500, { error: 'invalid_grant' }), { outcome: 'unanswered' }],
    ['408', answerWith(408, ''), { outcome: 'unanswered' }],
    ['429', answerWith(429, '', { 'retry-after': '120' }), { outcome: 'throttled', pauseMs: 120_000 }],
    ['429 without a time', answerWith(429, '<html/>'), { outcome: 'throttled' }],
    ['silence', unanswered(true), { outcome: 'unanswered' }],
    ['a host that is not there', unanswered(false), { outcome: 'not-sent' }],
    [
      'an address that is none',
      { outcome: 'refused-address', reason: 'not-https', mayHaveArrived: false },
      { outcome: 'ours' },
    ],
  ])('tells %s apart', async (_name, answer, outcome) => {
    const { renewal } = await renew(answer);
    expect(renewal).toMatchObject(outcome);
  });

  it.each([undefined, 'soon', 0, -1, '1.5e400', null, {}])(
    'takes the lifetime of the definition where the answer says %j',
    async (expires_in) => {
      const { renewal } = await renew(answerWith(200, { ...pair, expires_in }));
      expect(renewal.outcome === 'renewed' && renewal.grant.accessExpiresAt).toBe(clock.now() + 3_600_000);
    },
  );
});
