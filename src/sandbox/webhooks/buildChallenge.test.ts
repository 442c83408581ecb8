import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../../platform/random/seededRandom.ts';
import { createFakeClock } from '../../../test/harness/fakeClock.ts';
import { definitionOf, definitions, now } from '../../../test/harness/definedClient.ts';
import { answerKeyset } from './answerKeyset.ts';
import { buildChallenge } from './buildChallenge.ts';

const keys = { clientID: 'client', clientSecret: 'secret', webhookSecret: 'ours' };
const ask = (slug: string) =>
  buildChallenge(definitionOf(slug), keys, {
    clock: createFakeClock(now),
    random: createSeededRandom('challenge'),
  });
const textOf = (body: Uint8Array | undefined) => new TextDecoder().decode(body);

describe('a challenge', () => {
  it('is sent by every vendor whose definition has one, and by no other', () => {
    for (const definition of definitions) {
      const { delivery } = definition;
      const challenge =
        delivery !== undefined && 'webhook' in delivery ? delivery.webhook.challenge : undefined;
      expect(ask(definition.slug).length > 0).toBe(challenge !== undefined);
    }
  });

  it('with a code is sent twice: once right, once wrong', () => {
    const [right, wrong] = ask('fitbit');
    expect(right).toMatchObject({ method: 'GET', query: { verify: 'ours' }, expects: { status: 204 } });
    expect(wrong).toMatchObject({ method: 'GET', expects: { status: 404 } });
    expect(wrong!.query.verify).toMatch(/^[0-9a-f]{32}$/);
  });

  it('that wants an echo shows our secret, and names the key under which it wants it', () => {
    const [strava] = ask('strava');
    expect(strava!.query).toMatchObject({ 'hub.mode': 'subscribe', 'hub.verify_token': 'ours' });
    expect(strava!.expects.json).toEqual({ 'hub.challenge': strava!.query['hub.challenge'] });
    const [oura] = ask('oura');
    expect(oura!.query).toMatchObject({ verification_token: 'ours' });
    expect(oura!.expects).toEqual({ status: 200, json: { challenge: oura!.query.challenge } });
  });

  it('that is a ping or a HEAD carries nothing to prove', () => {
    const [polar] = ask('polar');
    expect(polar).toMatchObject({ method: 'POST', expects: { status: 200 } });
    expect(textOf(polar!.body)).toBe('{"event":"PING"}');
    expect(ask('withings')).toEqual([{ method: 'HEAD', query: {}, headers: {}, expects: { status: 200 } }]);
  });

  it('of a type is sent with our secret and without, and is signed', () => {
    const [right, wrong] = ask('googleHealth');
    expect(textOf(right!.body)).toBe('{"type":"verification"}');
    expect(right).toMatchObject({ headers: { authorization: 'Bearer ours' }, expects: { status: 201 } });
    expect(wrong!.headers).not.toHaveProperty('authorization');
    expect(wrong!.expects.status).toBe(401);
    const { delivery } = definitionOf('googleHealth');
    const webhook = delivery !== undefined && 'webhook' in delivery ? delivery.webhook : undefined;
    const authentication = webhook?.authentication;
    if (authentication?.by !== 'hook') throw new Error('Google verifies by a hook.');
    const definition = definitionOf('googleHealth');
    const call = { definition, method: 'GET', headers: {}, form: {}, body: new Uint8Array() };
    const url = new URL(authentication.keysetUrl);
    const keyset = answerKeyset({ ...call, url }, 'secret')!.text!;
    for (const { body, headers } of [right!, wrong!])
      expect(authentication.verify({ body: body!, signature: headers[authentication.header]!, keyset })).toBe(
        true,
      );
    expect(
      answerKeyset({ ...call, url: new URL('https://www.gstatic.com/other') }, 'secret'),
    ).toBeUndefined();
    expect(answerKeyset({ ...call, url, definition: definitionOf('oura') }, 'secret')).toBeUndefined();
    expect(answerKeyset({ ...call, url }, 'other')!.text).not.toBe(keyset);
    expect(answerKeyset({ ...call, url }, 'secret')!.text).toBe(keyset);
  });
});
