import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Random } from '../../platform/random/random.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { findVendorData } from '../data/vendorData.ts';
import { writePath } from '../../definitions/writePath.ts';
import type { WebhookKeys } from '../played/sandboxEvent.ts';
import { signWebhook } from './signWebhook.ts';

/** A request with which a vendor finds out whether an address is its subscriber's, and the answer that it wants. */
export interface ChallengeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Put behind the subscriber's address. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly expects: {
    readonly status: number;
    /** JSON that the answer has to be; left out where its body does not count. */
    readonly json?: unknown;
  };
}

/**
 * What the vendor asks of an address before it sends anything there, in order; empty where it asks nothing. The
 * receiver's secret is `keys.webhookSecret`.
 */
export function buildChallenge(
  definition: NamedDefinition,
  keys: WebhookKeys,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): readonly ChallengeRequest[] {
  const { delivery } = definition;
  if (delivery === undefined || !('webhook' in delivery) || delivery.webhook.challenge === undefined)
    return [];
  const { challenge, answer, authentication } = delivery.webhook;
  const { webhookSecret = '' } = keys;
  const plain = { query: {}, headers: {} };
  switch (challenge.kind) {
    case 'code': {
      const ask = (code: string, status: number): ChallengeRequest => ({
        ...plain,
        method: 'GET',
        query: { [challenge.parameter]: code },
        expects: { status },
      });
      return [ask(webhookSecret, challenge.right), ask(random.bytes(16).toString('hex'), challenge.wrong)];
    }
    case 'echo': {
      const echo = random.bytes(12).toString('hex');
      const { challenge: others = {} } = findVendorData(definition);
      const query = {
        ...others,
        [challenge.secretParameter]: webhookSecret,
        [challenge.echoParameter]: echo,
      };
      // The key may hold a dot that is no path. Strava.
      return [
        { ...plain, method: 'GET', query, expects: { status: 200, json: { [challenge.answerKey]: echo } } },
      ];
    }
    case 'head':
      return [{ ...plain, method: 'HEAD', expects: { status: 200 } }];
    case 'ping':
      // The secret for signatures is told after this, so it cannot be signed.
      return [{ ...plain, ...writeJson(challenge), expects: { status: answer } }];
    case 'typed': {
      const { body, headers, method } = writeJson(challenge);
      const signed = signWebhook(authentication, body, { keys, now: clock.now() });
      const { authorization, ...others } = signed;
      const ask = (shown: object, status: number): ChallengeRequest => ({
        query: {},
        method,
        body,
        expects: { status },
        headers: { ...headers, ...others, ...shown },
      });
      return [
        ask(
          omitUndefined({
            authorization,
          }),
          challenge.right,
        ),
        ask({}, challenge.wrong),
      ];
    }
  }
}

function writeJson({ path, equals }: { readonly path: string; readonly equals: string }) {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(writePath({}, path, equals))),
  } as const;
}
