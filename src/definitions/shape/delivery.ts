import type { DataType } from '../dataTypes.ts';
import type { ApiCall } from './auth.ts';
import type { LocalTime } from './localTime.ts';

/** How data reach us. A vendor that pushes has a webhook, one that does not has none. */
export type Delivery =
  /** We ask, on a schedule. */
  | {
      readonly by: 'pull';
      readonly resources: readonly [Resource, ...Resource[]];
      readonly fhir?: FhirAccess;
    }
  /** We ask a FHIR server, type by type. */
  | { readonly by: 'fhir'; readonly fhir: FhirAccess }
  /** We are told that something is new, and ask. */
  | {
      readonly by: 'notify-then-pull';
      readonly resources: readonly [Resource, ...Resource[]];
      readonly webhook: Webhook;
      readonly appSubscription?: AppSubscription;
    }
  /**
   * Data come by themselves; history is asked for once. The addresses of resources are for evaluation only: asking
   * on a schedule is not allowed. Garmin.
   */
  | {
      readonly by: 'push';
      readonly resources: readonly [Resource, ...Resource[]];
      readonly webhook: Webhook;
      readonly backfill?: Backfill;
      readonly appSubscription?: AppSubscription;
    };

/** One kind of data and how it is asked for. */
export interface Resource {
  /** As the vendor names it. */
  readonly name: string;
  readonly releases: DataType;
  /** Granted scope without which it is not asked for; left out when none is needed. */
  readonly needsScope?: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of a POST; `range` and `paging` add to it by path. Google Health: roll-ups. */
  readonly json?: Readonly<Record<string, string>>;
  /** Query parameter with the access token, where it is not the `Authorization` header. COROS, iHealth. */
  readonly tokenParameter?: string;
  /** How a time range is asked for; left out where the call has none. */
  readonly range?: TimeRange;
  readonly paging: Paging;
  /** Path of the list in the answer; empty for an answer that is the list or the one item. */
  readonly itemsAt: string;
  /** Path of an item's identifier, by which a corrected item replaces the older one; left out where it has none. */
  readonly itemID?: string;
  /** Path of the instant at which an item was last changed. */
  readonly updatedAt?: string;
  /** Seconds between two requests for the same participant at the least. */
  readonly minimumIntervalS?: number;
  /** Address of one item `{itemID}`, for events that name it and items that change. */
  readonly itemUrl?: string;
  /** Name of the resource for each of whose items this is asked, with its `{itemID}`. Strava: streams. */
  readonly forEach?: string;
  /** Items that are not final: asked for again until they are. WHOOP: `score_state` is PENDING_SCORE. */
  readonly pendingWhen?: { readonly path: string; readonly equals: string };
  /** How the participant's local time is told; left out where items are in UTC or carry their offset. */
  readonly localTime?: LocalTime;
}

/** How a request says for which time it wants data. */
export interface TimeRange {
  /** Whether bounds are parameters of these names or `{variables}` of the address. Fitbit: address. Default: parameter. */
  readonly place?: 'parameter' | 'address';
  /** Parameter with the instant (Unix time) since which items changed, cheaper than a range. Withings: `lastupdate`. */
  readonly changedSince?: string;
  readonly from: string;
  /** Left out for cursors that only have a beginning. */
  readonly to?: string;
  /**
   * `epoch-s`, `epoch-ms`: Unix time. `iso-z`: UTC with `Z`. `iso-without-zone`: UTC without a zone. `ymd`: a
   * local day. `ymd-compact`: the same without hyphens (COROS). `fhir-date`: with a comparison prefix.
   * `aip-160`: inside a filter expression (Google).
   */
  readonly format:
    'epoch-s' | 'epoch-ms' | 'iso-z' | 'iso-without-zone' | 'ymd' | 'ymd-compact' | 'fhir-date' | 'aip-160';
  /** With `aip-160`: the field that is compared. */
  readonly field?: string;
  /** With `aip-160`: how the bounds are written inside the expression. Default: `iso-z`. */
  readonly literal?: 'iso-z' | 'iso-without-zone' | 'ymd';
  /** The longest range of one request; left out when there is no bound. */
  readonly daysMax?: number;
  /** How far back is asked again each time, because data arrive late. */
  readonly overlapS?: number;
  /** How far back data can be had at all; left out when there is no bound. */
  readonly historyDays?: number;
}

/** How the rest of an answer is asked for that does not fit on one page. */
export type Paging =
  | { readonly by: 'none' }
  /** Address of the next page in the answer. FHIR, Fitbit. */
  | { readonly by: 'link'; readonly path: string }
  /** A token of the answer goes into the next request. WHOOP reads `next_token` and sends `nextToken`. */
  | { readonly by: 'token'; readonly read: string; readonly send: string; readonly size?: PageSize }
  /** Pages are numbered from 1; the last one is short. Strava. */
  | { readonly by: 'number'; readonly send: string; readonly size: PageSize }
  /** Withings: as long as `more` is true. Suunto: until a page is short. */
  | {
      readonly by: 'offset';
      readonly send: string;
      readonly more?: string;
      readonly read?: string;
      readonly size?: PageSize;
    };

/** How many items a page has, and the parameter that says so. */
export interface PageSize {
  /** Left out where the size is the vendor's choice. iHealth: 50. */
  readonly parameter?: string;
  /** Items of the largest page that the vendor gives. */
  readonly max: number;
}

/** History that is asked for once and delivered by webhook. */
export interface Backfill {
  readonly call: ApiCall;
  readonly range: TimeRange;
  readonly needsScope?: string;
  /** Status of a request that was made before. Garmin: 409. */
  readonly alreadyAsked?: number;
  /** Status that says that the participant did not agree to history. Garmin: 403. */
  readonly notGranted?: number;
  /** Names of resources that have no history; all others are filled in for `{resource}`, one after the other. */
  readonly except?: readonly [string, ...string[]];
  /** Days of history that may be asked for in a minute, of all participants together. Garmin: 10,000. */
  readonly daysPerMinuteMax?: number;
}

/** What a server of FHIR resources wants (HL7 FHIR R4; US Core where nothing else is said). */
export interface FhirAccess {
  readonly versions: readonly [FhirVersion, ...FhirVersion[]];
  readonly resources: readonly [FhirResource, ...FhirResource[]];
  /** `Accept` header. Default: `application/fhir+json`. */
  readonly accept?: string;
  /** Whether `Patient/{id}/$everything` works. Default: false. */
  readonly everything?: boolean;
  /** Whether searches may leave the patient out, because the token says whose they are. Blue Button. Default: false. */
  readonly patientByToken?: boolean;
  /** Whether `_lastUpdated` narrows searches, so that only changes are read. Default: false. */
  readonly lastUpdated?: boolean;
  /** ISO date before which `_lastUpdated` must not reach. Blue Button: 2020-02-12. */
  readonly lastUpdatedSince?: string;
  /** Seconds between two readings of the same participant at the least. Blue Button: a week. */
  readonly minimumIntervalS?: number;
  /** `_count`. */
  readonly pageSize: number;
  /** Hosts beside the server's own to which a link to the next page may lead. */
  readonly nextLinkHosts?: readonly string[];
}

/** Releases of FHIR that are told apart, oldest first. */
export type FhirVersion = 'DSTU2' | 'STU3' | 'R4';

/** A type of resource that is read, what that gives, and how it is asked for. */
export interface FhirResource {
  /** Stands several times where its searches release different kinds of data. `Observation`. */
  readonly type: string;
  /** Versions that have it; left out for all of the server's. Epic, MEDITECH: `MedicationOrder` is DSTU2. */
  readonly versions?: readonly [FhirVersion, ...FhirVersion[]];
  readonly releases: DataType;
  /** Search parameter that names the patient. Blue Button's Coverage: `beneficiary`. Default: `patient`. */
  readonly patientParameter?: string;
  /** Searches that are made, each with these parameters beside the patient; left out for one without any. */
  readonly searches?: readonly Readonly<Record<string, string>>[];
  /** Read by reference only, never searched. `Patient` is what the token answer refers to. */
  readonly byReference?: boolean;
}

/** What the vendor sends us, and how we know that it is the vendor. */
export interface Webhook {
  /** Left out where the vendor does not check the address before using it. */
  readonly challenge?: Challenge;
  readonly authentication: WebhookAuthentication;
  /** Status that says we have it; any other makes the vendor try again. */
  readonly answer: 200 | 201 | 202 | 204;
  /** Seconds within which the vendor wants its answer. */
  readonly deadlineS?: number;
  /** `json-lists`: an object of lists of events; an event's kind is the name of its list. Garmin. */
  readonly body: 'json-object' | 'json-array' | 'json-lists' | 'form';
  /** Path of the vendor's name for the person in each event. */
  readonly userIDAt: string;
  /** Path of the identifier of the item that an event is about; without one, the period is asked for. */
  readonly itemIDAt?: string;
  /** Where events tell the period that is due, the first that is there. Withings: epochs, or a day. */
  readonly periodAt?: readonly {
    readonly from: string;
    readonly to?: string;
    readonly format: 'epoch-s' | 'ymd';
  }[];
  /**
   * Path in an event of an address at which its items lie, where it does not carry them; no other hosts than
   * these are asked. Garmin: ping.
   */
  readonly callback?: { readonly path: string; readonly hosts: readonly [string, ...string[]] };
  /** What is in an event, by the value of one of its fields or by the key under which it stands. */
  readonly events: readonly [WebhookEvent, ...WebhookEvent[]];
}

/** What an event means for which we recognise it; the first that fits decides. */
export type WebhookEvent = WebhookMeaning & {
  /** Conditions that all hold; an empty list fits every event. */
  readonly when: readonly EventCondition[];
};

type WebhookMeaning =
  | {
      readonly means: 'data' | 'data-deleted';
      /** Names of resources that are due now; left out for all. */
      readonly resources?: readonly string[];
      /** Path of the name of the one resource that is due, where events name it. Oura: `data_type`. */
      readonly resourceAt?: string;
      /** The event is the item (of the one resource): nothing has to be asked for. Garmin: push. */
      readonly carriesItem?: boolean;
    }
  | {
      readonly means: 'scopes-changed';
      /**
       * Path of what is granted from now on: a list of names, or an object that says yes or no for each (Garmin
       * sends both). Left out where it has to be asked for.
       */
      readonly scopesAt?: string;
    }
  | { readonly means: 'deregistered' | 'ignored' };

interface EventCondition {
  /** Of a field of the event; with `json-lists`, the name of its list. */
  readonly path: string;
  /** Left out: it is there, with any value. */
  readonly equals?: string | number;
}

type Challenge =
  /** Fitbit: 204 for the right code, 404 for a wrong one. */
  | { readonly kind: 'code'; readonly parameter: string; readonly right: number; readonly wrong: number }
  /** Strava (`hub.challenge`), Oura: a value of the query is given back as JSON, if the secret one is right. */
  | {
      readonly kind: 'echo';
      readonly secretParameter: string;
      readonly echoParameter: string;
      readonly answerKey: string;
    }
  /** A message without meaning that wants a plain 200. Polar: PING. */
  | { readonly kind: 'ping'; readonly path: string; readonly equals: string }
  /** Withings. */
  | { readonly kind: 'head' }
  /** Google: two messages of this type, one with our secret, one without, want two answers. */
  | {
      readonly kind: 'typed';
      readonly path: string;
      readonly equals: string;
      readonly right: number;
      readonly wrong: number;
    };

/** How we know that a message is the vendor's. */
export type WebhookAuthentication =
  /** Nothing is signed: an unguessable part of the address is all there is. Garmin, Withings. */
  | {
      readonly by: 'secret-path';
      /** Header with our client identifier: refused when it is there and another's; its absence says nothing. Garmin. */
      readonly clientIDHeader?: string;
    }
  | {
      readonly by: 'hmac';
      readonly header: string;
      readonly algorithm: 'sha1' | 'sha256';
      readonly encoding: 'hex-lower' | 'hex-upper' | 'base64';
      /**
       * `issued-secret`: from `appSubscription.secretAt` (Polar), or the setting WEBHOOK_SECRET, where the vendor
       * shows it on its site (Suunto).
       */
      readonly key: 'client-secret' | 'client-secret-with-ampersand' | 'issued-secret';
      /** What is signed. With a dot (Strava), the header holds both: `t=…,v1=…`. */
      readonly message: 'body' | 'timestamp-then-body' | 'timestamp-dot-body';
      readonly timestamp?: { readonly header: string; readonly unit: 's' | 'ms'; readonly ageMaxS: number };
      /** Not every message has the header yet: without it, an unguessable part of the address decides. Strava. */
      readonly mayBeUnsigned?: boolean;
    }
  /** Google Health: ECDSA in the Tink wire format; `Authorization` is `Bearer` and our webhook secret. */
  | {
      readonly by: 'hook';
      readonly header: string;
      /** Other names that the header may have; the first one that is there counts. Google Health. */
      readonly otherHeaders?: readonly string[];
      readonly verify: VerifySignature;
      readonly keysetUrl: string;
      readonly authorizationSecret: boolean;
    };

/** Whether a signature is the sender's, with the vendor's public keys as it publishes them. Never throws. */
export type VerifySignature = (message: {
  readonly body: Uint8Array;
  readonly signature: string;
  readonly keyset: string;
}) => boolean;

/** One subscription of the application that has to be kept alive. Oura, Polar, Strava, Google. */
export interface AppSubscription {
  readonly create: ApiCall;
  /** One subscription for each combination of these values of `{variables}`; left out for a single one. Oura. */
  readonly each?: Readonly<Record<string, readonly [string, ...string[]]>>;
  readonly list?: ApiCall;
  readonly renew?: { readonly call: ApiCall; readonly everyDays: number };
  readonly remove?: ApiCall;
  /** Wakes up a subscription that the vendor switched off after failures. Polar: after 7 days. */
  readonly reactivate?: ApiCall;
  /** Field of the first answer with the secret that is told only once. Polar. */
  readonly secretAt?: string;
}
