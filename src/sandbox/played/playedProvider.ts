import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import type { Credentials } from '../../definitions/credentials.ts';
import { Secret } from '../../platform/config/secret.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Random } from '../../platform/random/random.ts';
import type { GrantStore } from '../authorization/grantStore.ts';
import type { AddressPatterns } from '../data/addressPatterns.ts';
import type { Login } from '../authorization/listLogins.ts';
import type { OneTimeValues } from '../authorization/oneTimeValues.ts';
import type { SigningKeys } from '../authorization/signingKeys.ts';
import type { Subscriptions } from '../subscriptions/subscriptions.ts';
import type { DialSettings } from '../dials/dials.ts';
import type { SubscriberAnswer, SubscriberCall } from '../subscriptions/callSubscriber.ts';
import type { Auth } from './definitionFacts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { CallValues } from './matchCall.ts';
import type { SandboxEvent, WebhookKeys, WebhookMessage } from './sandboxEvent.ts';
import type { Quirk } from './quirk.ts';
import type { SandboxAnswer, SandboxCall, SandboxPerson, SandboxReader } from '../server/sandboxCall.ts';

/** Whom a participant was sent to with a `state`, and by whom; undefined for somebody else's. */
export type FindJourney = (
  state: string,
) => Promise<{ readonly provider: string; readonly study: string } | undefined>;

/** A question to a subscriber, and the answer that passes. */
export type ChallengeCall = SubscriberCall & {
  readonly expects: { readonly status: number; readonly json?: unknown };
};

/** One provider as the sandbox plays it: its declaration, its people, and what it remembers. */
export interface PlayedProvider {
  readonly slug: string;
  readonly definition: ConnectableDefinition;
  readonly auth: Auth;
  /** The one application that is registered with it. */
  readonly credentials: Credentials;
  /** What `{variables}` of its addresses stand for, as far as that is known beforehand. */
  readonly values: CallValues;
  /** Addresses of its data. */
  readonly patterns: AddressPatterns;
  readonly people: readonly SandboxPerson[];
  readonly logins: readonly Login[];
  /** The names of the journey with this `state`, where whoever plays the sandbox knows them. */
  readonly findJourney?: FindJourney | undefined;
  readonly quirk: Quirk;
  readonly store: GrantStore;
  /** Nonces for signatures, and identifiers of assertions: each good once. */
  readonly nonces: OneTimeValues;
  readonly assertions: OneTimeValues;
  readonly subscriptions: Subscriptions;
  readonly keys: SigningKeys;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Milliseconds since the epoch by the provider's own clock, which may be wrong. */
  readonly now: () => number;
  readonly dials: () => DialSettings;
  callSubscriber(url: string, call: SubscriberCall): Promise<SubscriberAnswer>;
  buildWebhook(event: SandboxEvent, keys: WebhookKeys): readonly WebhookMessage[];
  /** What the vendor asks of an address before it sends anything there. */
  buildChallenge(webhookSecret: string | undefined): readonly ChallengeCall[];
  /** Public keys with which its webhooks are verified; undefined for any other call. */
  answerKeyset(call: SandboxCall): SandboxAnswer | undefined;
  /** Forgets consents, tokens and subscriptions. */
  readonly reset: () => void;
  findOther(slug: string): PlayedProvider | undefined;
  /** Undefined: not an address of data. */
  answerData(call: SandboxCall, reader: SandboxReader): SandboxAnswer | undefined;
}

/** The client's identifier, secret, settings and region as variables. */
export function valuesOf(definition: ConnectableDefinition, credentials: Credentials): CallValues {
  const region = definition.regions?.values[credentials.region ?? definition.regions.default] ?? {};
  const settings = Object.entries(credentials.settings).map(([name, value]) => [name, reveal(value)]);
  return omitUndefined({
    ...region,
    ...(Object.fromEntries(settings) as Record<string, string>),
    clientID: credentials.clientID,
    clientSecret: credentials.clientSecret === undefined ? undefined : credentials.clientSecret.reveal(),
  });
}

/** The value itself, secret or not: the sandbox has only invented ones. */
export function reveal(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}
