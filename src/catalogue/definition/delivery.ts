import type { DataType } from '../dataTypes.ts';
import type { ApiCall } from './auth.ts';

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
  /** Data come by themselves; history is asked for once. Garmin. */
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
  /** How a time range is asked for; left out where the call has none. */
  readonly range?: TimeRange;
  readonly paging: Paging;
  /** Path of the list in the answer; empty for an answer that is the item. */
  readonly itemsAt: string;
  /** Path of an item's identifier, by which a corrected item replaces the older one; left out where it has none. */
  readonly itemID?: string;
  /** Path of the instant at which an item was last changed. */
  readonly updatedAt?: string;
  /** Seconds between two requests for the same participant at the least. */
  readonly minimumIntervalS?: number;
}

export interface TimeRange {
  readonly from: string;
  /** Left out for cursors that only have a beginning. */
  readonly to?: string;
  /**
   * `epoch-s`, `epoch-ms`: Unix time. `iso-z`: UTC with `Z`. `iso-without-zone`: UTC without a zone. `ymd`: a
   * local day. `fhir-date`: with a comparison prefix. `aip-160`: inside a filter expression (Google).
   */
  readonly format: 'epoch-s' | 'epoch-ms' | 'iso-z' | 'iso-without-zone' | 'ymd' | 'fhir-date' | 'aip-160';
  /** With `aip-160`: the field that is compared. */
  readonly field?: string;
  /** The longest range of one request; left out when there is no bound. */
  readonly daysMax?: number;
  /** How far back is asked again each time, because data arrive late. */
  readonly overlapS?: number;
  /** How far back data can be had at all; left out when there is no bound. */
  readonly historyDays?: number;
}

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

export interface PageSize {
  readonly parameter: string;
  readonly max: number;
}

/** History that is asked for once and delivered by webhook. */
export interface Backfill {
  readonly call: ApiCall;
  readonly range: TimeRange;
  readonly needsScope?: string;
  /** Status of a request that was made before. Garmin: 409. */
  readonly alreadyAsked?: number;
}

/** What a server of FHIR resources wants (HL7 FHIR R4; US Core where nothing else is said). */
export interface FhirAccess {
  readonly versions: readonly [FhirVersion, ...FhirVersion[]];
  readonly resources: readonly [FhirResource, ...FhirResource[]];
  /** `Accept` header. Default: `application/fhir+json`. */
  readonly accept?: string;
  /** Whether `Patient/{id}/$everything` works. Default: false. */
  readonly everything?: boolean;
  /** Whether `_lastUpdated` narrows searches, so that only changes are read. Default: false. */
  readonly lastUpdated?: boolean;
  /** `_count`. */
  readonly pageSize: number;
  /** Hosts beside the server's own to which a link to the next page may lead. */
  readonly nextLinkHosts?: readonly string[];
}

export type FhirVersion = 'DSTU2' | 'STU3' | 'R4';

export interface FhirResource {
  readonly type: string;
  readonly releases: DataType;
  /** Searches that are made, each with these parameters beside the patient; left out for one without any. */
  readonly searches?: readonly Readonly<Record<string, string>>[];
  /** Read by reference only, never searched. */
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
  readonly body: 'json-object' | 'json-array' | 'form';
  /** Path of the vendor's name for the person in each event. */
  readonly userIDAt: string;
  /** What is in an event, by the value of one of its fields or by the key under which it stands. */
  readonly events: readonly [WebhookEvent, ...WebhookEvent[]];
}

export interface WebhookEvent {
  readonly means: 'data' | 'data-deleted' | 'deregistered' | 'scopes-changed' | 'ignored';
  /** Conditions that all hold; an empty list fits every event. */
  readonly when: readonly { readonly path: string; readonly equals?: string | number }[];
  /** Names of resources that are due now; left out for all. */
  readonly resources?: readonly string[];
}

export type Challenge =
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

export type WebhookAuthentication =
  /** Nothing is signed: an unguessable part of the address is all there is. Garmin, Withings. */
  | { readonly by: 'secret-path' }
  | {
      readonly by: 'hmac';
      readonly header: string;
      readonly algorithm: 'sha1' | 'sha256';
      readonly encoding: 'hex-lower' | 'hex-upper' | 'base64';
      readonly key: 'client-secret' | 'client-secret-with-ampersand' | 'issued-secret';
      /** What is signed. With a dot (Strava), the header holds both: `t=…,v1=…`. */
      readonly message: 'body' | 'timestamp-then-body' | 'timestamp-dot-body';
      readonly timestamp?: { readonly header: string; readonly unit: 's' | 'ms'; readonly ageMaxS: number };
    }
  /** Google Health: ECDSA in the Tink wire format. The secret is the value of `Authorization`. */
  | {
      readonly by: 'hook';
      readonly header: string;
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
  readonly list?: ApiCall;
  readonly renew?: { readonly call: ApiCall; readonly everyDays: number };
  readonly remove?: ApiCall;
  /** Field of the first answer with the secret that is told only once. Polar. */
  readonly secretAt?: string;
}
