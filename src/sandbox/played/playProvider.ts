import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import type { Credentials } from '../../definitions/credentials.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Random } from '../../platform/random/random.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { GrantStore } from '../authorization/grantStore.ts';
import { listLogins } from '../authorization/listLogins.ts';
import { createOneTimeValues } from '../authorization/oneTimeValues.ts';
import type { SigningKeys } from '../authorization/signingKeys.ts';
import { callSubscriber } from '../subscriptions/callSubscriber.ts';
import { createAddressPatterns } from '../data/addressPatterns.ts';
import { answerDataCall } from '../data/answerDataCall.ts';
import { listPeople } from '../data/people.ts';
import type { Dials } from '../dials/dials.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { valuesOf, type FindJourney, type PlayedProvider } from './playedProvider.ts';
import type { Quirk } from './quirk.ts';
import { createSubscriptions } from '../subscriptions/subscriptions.ts';
import { answerKeyset } from '../webhooks/answerKeyset.ts';
import { buildChallenge } from '../webhooks/buildChallenge.ts';
import { buildWebhook } from '../webhooks/buildWebhook.ts';

/** What all providers of a sandbox share. */
export interface SharedParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly dials: Dials;
  readonly keys: SigningKeys;
  readonly providers: ReadonlyMap<string, PlayedProvider>;
  readonly findJourney?: FindJourney | undefined;
}

/** One provider of a sandbox, with nothing in its memory. */
export function playProvider(
  { ledger, dials, keys, clock, random, providers, findJourney }: SharedParts,
  definition: ConnectableDefinition,
  { credentials, quirk }: { readonly credentials: Credentials; readonly quirk: Quirk },
): PlayedProvider {
  const { slug, auth } = definition;
  const now = () => clock.now() + (dials.get(slug).clockSkewS ?? 0) * 1_000;
  const people = listPeople(definition);
  const store = new GrantStore({ slug, ledger, random, now });
  const nonces = createOneTimeValues(now);
  const assertions = createOneTimeValues(now);
  const subscriptions = createSubscriptions(random);
  const patterns = createAddressPatterns(definition);
  const challengeKeys = (webhookSecret: string | undefined) =>
    omitUndefined({
      clientID: credentials.clientID,
      clientSecret: credentials.clientSecret?.reveal() ?? '',
      webhookSecret,
    });
  return {
    slug,
    definition,
    auth,
    credentials,
    quirk,
    people,
    ledger,
    random,
    keys,
    now,
    store,
    nonces,
    assertions,
    subscriptions,
    patterns,
    values: valuesOf(definition, credentials),
    logins: listLogins(definition, people),
    findJourney,
    dials: () => dials.get(slug),
    findOther: (other) => providers.get(other),
    answerData: (call, reader) => answerDataCall(call, reader, { clock, patterns }),
    buildWebhook: (event, webhookKeys) => buildWebhook(definition, event, { keys: webhookKeys, clock }),
    buildChallenge: (webhookSecret) =>
      buildChallenge(definition, challengeKeys(webhookSecret), { clock, random }),
    answerKeyset: (call) => answerKeyset(call, credentials.clientSecret?.reveal() ?? ''),
    callSubscriber,
    reset: () => {
      for (const part of [store, nonces, assertions, subscriptions]) part.reset();
    },
  };
}
