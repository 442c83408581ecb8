import type { DataType } from '../dataTypes.ts';

/** How a participant's consent becomes tokens, keeps them alive and ends. */
export type AnyAuth = OAuth2Auth | SmartAuth;

/** There is nothing to authorize against. Abbott LibreView, Google Fit. */
export interface NoAuth {
  readonly kind: 'none';
}

/** OAuth 2.0 authorization code (RFC 6749 section 4.1) at addresses that are known beforehand. */
export interface OAuth2Auth extends AuthFacts {
  readonly kind: 'oauth2';
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** Its name for itself, where it is known: a redirect that names another one is refused (RFC 9207). Google. */
  readonly issuer?: string;
  /** Where tokens are refreshed, when that is not `tokenUrl`. COROS. */
  readonly refreshUrl?: string;
  /** RFC 7662. */
  readonly introspectUrl?: string;
}

/** SMART App Launch 2.2, standalone patient launch: addresses come from the server's own configuration. */
export interface SmartAuth extends AuthFacts {
  readonly kind: 'smart';
  /** Where addresses are looked up. `metadata`: the capability statement's OAuth extension, for servers before R4. */
  readonly discovery: readonly ('smart-configuration' | 'openid-configuration' | 'metadata')[];
  /**
   * The `aud` parameter: the FHIR base as published, without a trailing slash (eClinicalWorks, Anthem), or left
   * out (NextGen Enterprise, VA, Cigna), where its presence makes the server refuse.
   */
  readonly aud: 'base' | 'base-without-slash' | 'omit';
  /** Newest form of scopes that is asked for when the server says it understands it (`permission-v2`). */
  readonly scopeVersion: 'v1' | 'v2';
  /**
   * Hosts on which participants log in and tokens are given, where they are neither on the FHIR server's own
   * domain nor among those of `recognises`; `*.` for any names below. No other server's configuration is believed.
   */
  readonly authorizationHosts?: readonly [string, ...string[]];
}

interface AuthFacts {
  /**
   * Proof Key for Code Exchange (RFC 7636), always S256. We send it wherever it is not `breaks`; `ignored` says
   * that the vendor does not document it, `required` that it refuses without.
   */
  readonly pkce: 'required' | 'supported' | 'ignored' | 'breaks';
  /** Ways to authenticate at the token endpoint, the preferred one first. */
  readonly clientAuthentication: readonly [ClientAuthentication, ...ClientAuthentication[]];
  readonly scopes: readonly [Scope, ...Scope[]];
  /** What stands between scopes in requests and answers. Withings, Strava: comma. */
  readonly scopeSeparator: ' ' | ',';
  /** Name of the scope parameter. iHealth: `APIName`. Default: `scope`. */
  readonly scopeParameter?: string;
  /** Whether scopes are sent at all. Garmin: they are chosen on its page. Default: true. */
  readonly asksScopes?: boolean;
  /** Fixed parameters beside the standard's. Google: `access_type`, `prompt`. Strava: `approval_prompt`. */
  readonly authorizeParameters?: Readonly<Record<string, string>>;
  /** Withings: `action`. */
  readonly tokenParameters?: Readonly<Record<string, string>>;
  /** WHOOP: `scope=offline`. iHealth names the grant `response_type`. */
  readonly refreshParameters?: Readonly<Record<string, string>>;
  /** Standard parameters that a refresh repeats although the standard does not ask for it. Dexcom: `redirect_uri`. */
  readonly refreshRepeats?: readonly 'redirect_uri'[];
  /** How the token endpoint is called. iHealth: GET. Default: POST. */
  readonly tokenMethod?: 'GET' | 'POST';
  /** Headers of token calls. Polar: `Accept`. */
  readonly tokenHeaders?: Readonly<Record<string, string>>;
  /** Where the redirect carries its answer, when it is not the query. MEDHOST: fragment. Default: query. */
  readonly responseMode?: 'query' | 'fragment';
  /** Seconds for which a code is good, where that is less than the usual minutes. Withings: 30. */
  readonly codeLifetimeS?: number;
  /** Least length of `state` that the vendor takes. WHOOP: 8. Blue Button: 16. */
  readonly stateLengthMin?: number;
  readonly tokenAnswer: TokenAnswer;
  readonly grantedScopes: GrantedScopes;
  /**
   * Where the vendor's name for the person is told, in the order in which it is looked for: a source that tells nothing
   * is followed by the next. All of them must name her alike.
   */
  readonly userID: readonly [UserIDSource, ...UserIDSource[]];
  readonly refresh: RefreshPolicy;
  /**
   * What the vendor ends with a token, or with a code that is shown twice: all that the `person` has agreed to for this
   * application, or the one `consent` that it came of. `consent` only where the vendor says so: on it we end tokens
   * beside an account that must live on. `uncertain`: nobody knows, and we act as for a person.
   */
  readonly grantsPer: 'person' | 'consent' | 'uncertain';
  readonly revoke: RevokeCall;
  /** Calls that complete a connection, in this order. Polar: register the user. Withings: subscribe. */
  readonly afterConnect?: readonly ConnectCall[];
}

/** How the vendor's token endpoint wants to know us (RFC 6749 section 2.3, OpenID Connect Core section 9). */
export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic' }
  | { readonly method: 'client_secret_post' }
  /** Identifier and secret in the query. iHealth. */
  | { readonly method: 'client_secret_query' }
  /** RFC 7523 section 2.2. Epic, eClinicalWorks (RS384 only). */
  | {
      readonly method: 'private_key_jwt';
      readonly algorithms: readonly [AssertionAlgorithm, ...AssertionAlgorithm[]];
    };

/** JWS algorithms (RFC 7518 section 3.1) with which we can sign that we are the client. */
export type AssertionAlgorithm = 'RS256' | 'RS384' | 'ES256' | 'ES384';

/** One thing that a participant can agree to. */
export type Scope = ScopeFacts &
  (
    | {
        readonly ask: 'required' | 'default' | 'optional' | 'registered';
        readonly releases: readonly [DataType, ...DataType[]];
      }
    /** May release nothing: scopes for writing. Garmin, Strava. */
    | { readonly ask: 'never'; readonly releases: readonly DataType[] }
  );

interface ScopeFacts {
  /** Exactly as the vendor writes it. */
  readonly name: string;
  /** For a participant, in plain words, without the vendor's names for things. */
  readonly label: string;
  /** What it opens, so that a study's minimum can be compared with what was granted. */
  readonly releases: readonly DataType[];
  /**
   * `required`: without it there is no connection. `default`: asked for unless the study leaves it out.
   * `optional`: asked for only when the study says so. `registered`: asked for by the registration of the application,
   * so that no request names it (Epic). `never`: known, may appear among the granted, not asked for.
   */
  readonly ask: 'required' | 'default' | 'optional' | 'registered' | 'never';
  /**
   * The vendor's consent page offers it although nobody asked for it, and a participant may share it without meaning to.
   * It is not fetched, and she is told. Garmin. Default: false.
   */
  readonly addedByProvider?: boolean;
  /** Other names under which it may be granted. Oura: `spo2Daily` for `spo2`. */
  readonly alsoNamed?: readonly [string, ...string[]];
  /** Scopes that it contains: whoever grants it grants them. Strava: `activity:read_all`, `activity:read`. */
  readonly includes?: readonly [string, ...string[]];
}

/** What a token answer looks like where it is not that of RFC 6749 section 5.1. */
export interface TokenAnswer {
  /** Path of the object with the tokens. Withings: `body`. Default: the answer itself. */
  readonly at?: string;
  /** What must hold in an answer with status 200 for it to be a success. Withings: status 0. COROS: result 0000. */
  readonly succeedsWhen?: {
    readonly path: string;
    readonly equals: string | number;
    /** An answer without the field succeeded too. COROS: only a refresh has it. Default: false. */
    readonly orAbsent?: boolean;
  };
  /** Names of fields that are not the standard's. iHealth: `AccessToken`, `Expires`. */
  readonly fields?: Readonly<
    Partial<
      Record<
        'access_token' | 'refresh_token' | 'expires_in' | 'expires_at' | 'refresh_token_expires_in',
        string
      >
    >
  >;
  /** A refresh may answer without tokens when it succeeded: the old ones go on. COROS, Oracle Health. Default: false. */
  readonly mayOmitTokens?: boolean;
}

/** Where the scopes that the participant really granted are told; fields are paths below `tokenAnswer.at`. */
export type GrantedScopes = (
  | { readonly from: 'token-answer'; readonly field?: string }
  /** Query of the redirect. Strava, Oura. */
  | { readonly from: 'redirect'; readonly parameter?: string }
  /**
   * Garmin: permissions, which may change later without a new consent. Path of a list of names; empty for an
   * answer that is the list.
   */
  | { readonly from: 'call'; readonly call: ApiCall; readonly path: string }
  /** The vendor has one scope or tells nothing: all that was asked for counts as granted. Polar, Dexcom, COROS. */
  | { readonly from: 'request' }
) & {
  /** Cut off the front of each name. Oura: `extapi:`. */
  readonly stripPrefix?: string;
  /** Only names that begin so are ours. Google. */
  readonly keepPrefix?: string;
};

/** One place where the vendor's name for the person is told; fields are paths below `tokenAnswer.at` (Strava: `athlete.id`). */
export type UserIDSource =
  | ({ readonly from: 'token-answer'; readonly field: string } & NamesPatient)
  /** A claim of the access token, read without verification: it came over TLS from the token endpoint. Suunto. */
  | { readonly from: 'access-token-claim'; readonly claim: string }
  /**
   * A reference to her record in a claim of the identity token, believed where that is the server's, for us, of this
   * journey and not over. A reference to anything but a patient tells nothing: who logged in may act for another.
   * NextGen, eClinicalWorks: `fhirUser`.
   */
  | { readonly from: 'id-token'; readonly claim: string }
  | ({
      readonly from: 'call';
      readonly call: ApiCall;
      /** In the answer, or in each item of the list at `listAt`. */
      readonly path: string;
      /** Path of a list whose items all name her; items that name several persons tell nothing. Blue Button: `entry`. */
      readonly listAt?: string;
      /** Scope without which nobody is asked. */
      readonly needsScope?: string;
      /**
       * Path of the person's name at the provider that this one succeeds, by which the older account is found
       * and replaced. Google Health: `legacyUserId`, of Fitbit.
       */
      readonly predecessorPath?: string;
    } & NamesPatient)
  /**
   * First told with the data, so it may arrive late; the last of its list. Not waited for where somebody who was asked
   * before had trouble and may tell at another try. Dexcom.
   */
  | { readonly from: 'first-data'; readonly path: string };

interface NamesPatient {
  /**
   * The value names a record: `ID`, `Patient/ID` and the whole address of one are the same, and a reference to
   * anything else tells nothing. SMART: `patient`.
   */
  readonly isPatient?: true;
}

interface AccessToken {
  /** Seconds, when the answer does not say; `expires_in` wins where it is there. `unknown`: only the answer knows. */
  readonly accessTokenLifetimeS: number | 'unknown';
  /** Seconds before its end from which the vendor wants a token to count as expired. Garmin: 600. */
  readonly refreshEarlyS?: number;
}

interface RefreshToken extends AccessToken {
  /** Seconds from its issue until a refresh token that is never used dies. */
  readonly refreshTokenLifetimeS: number | 'unlimited' | 'unknown';
  /** Refresh at least this often although no data is due, so that the refresh token does not die of disuse. */
  readonly keepAliveEveryS?: number;
  /** Seconds between two refreshes of one grant at the least, or the vendor slows down. Oracle Health: 60. */
  readonly minimumIntervalS?: number;
  /** A fixed end of the consent, whatever is refreshed. Epic: chosen by the patient. Blue Button: 13 months. */
  readonly grantEnds?:
    | { readonly from: 'token-answer'; readonly field: string }
    | { readonly from: 'refresh-token-claim'; readonly claim: 'exp' }
    | { readonly from: 'introspection'; readonly field: string }
    /** So many seconds after the consent. Elevance: 90 days. */
    | { readonly from: 'consent'; readonly afterS: number };
}

/** What becomes of the old refresh token when it is used. */
export type RefreshPolicy =
  /** There is none: the account ends with its access token. */
  | ({ readonly policy: 'none' } & AccessToken)
  /** It stays good. Google, Oracle Health. */
  | ({ readonly policy: 'reusable' } & RefreshToken)
  /** It is dead at once; a crash between answer and commit loses the account. WHOOP, Oura, Strava, Blue Button. */
  | ({
      readonly policy: 'rotating';
      /** Seconds in which the same request again gets the same answer. Fitbit: about 120. */
      readonly repeatsForS?: number;
    } & RefreshToken)
  /** It stays good for some time. */
  | ({ readonly policy: 'grace'; readonly graceS: number } & RefreshToken)
  /** It stays good until the new access token is first used, and no longer than this. Withings: 8 h. */
  | ({ readonly policy: 'until-first-use'; readonly graceS: number } & RefreshToken)
  /** The same tokens live longer. COROS. */
  | ({ readonly policy: 'extends-in-place'; readonly extendsByS: number } & RefreshToken);

/** How a grant is given back when an account is deleted. */
export type RevokeCall =
  /** The vendor offers no call; the participant is told where to end it. Dexcom. */
  | { readonly by: 'participant'; readonly instructions: string }
  /**
   * `revocation_endpoint` of the server's configuration, where it has one (RFC 7009); the participant is told
   * where to end it where the server has none. Epic, and whoever publishes it at some organisations only.
   */
  | {
      readonly by: 'discovery';
      readonly instructions?: string;
      readonly atOnce?: RevocationsAtOnce;
      /** Which token is given back, where both are there. Default: refresh, which takes its access tokens along. */
      readonly token?: 'access' | 'refresh';
    }
  | ({
      readonly by: 'call';
      readonly atOnce?: RevocationsAtOnce;
      /**
       * Which token is given back (or used, with `bearer`). `access` where the vendor looks up access tokens only and
       * says that all went well whatever it is shown (Blue Button). `none`: the person is named instead. Withings.
       */
      readonly token: 'access' | 'refresh' | 'none';
      /** Where the token goes; with `bearer` authentication it is the header and this is left out. */
      readonly tokenIn?: { readonly place: 'form' | 'query'; readonly name: string };
      /** Statuses that say that there was nothing to revoke any more. */
      readonly alreadyGone: readonly number[];
      /** The same, told in the answer's JSON; a rule of `errors` that fits goes first. Google: `invalid_token`. */
      readonly alreadyGoneWhen?: {
        readonly path: string;
        readonly in: readonly [string | number, ...(string | number)[]];
      };
      readonly succeeds: readonly [number, ...number[]];
    } & GivenBack &
      CallFacts &
      CallProof);

/** Grants that are given back at the same time at one server of the vendor, at the most. Default: 4. */
type RevocationsAtOnce = number;

/** What a revocation names: a token, or (Withings) the person. */
type GivenBack =
  | {
      /** Which token is given back (or used, with `bearer`). */
      readonly token: 'access' | 'refresh';
      /** Where the token goes; with `bearer` authentication it is the header and this is left out. */
      readonly tokenIn?: { readonly place: 'form' | 'query'; readonly name: string };
    }
  | { readonly token: 'none'; readonly tokenIn?: never };

/**
 * One HTTP call to a vendor. Addresses, headers and bodies may hold `{variables}` of regions, `{NAME}` of settings,
 * and `{clientID}`, `{clientSecret}`, `{userID}` (the vendor's), `{accountID}` (ours), `{webhookUrl}`,
 * `{webhookSecret}`, `{subscriptionID}`, `{nowS}` (Unix time), where each is known.
 */
export type ApiCall = CallFacts &
  CallProof & {
    /** Statuses that count as done. Polar's registration: 200 and 409. Default: 200 to 299. */
    readonly accepts?: readonly [number, ...number[]];
  };

/** How the vendor knows that the call is ours. */
type CallProof =
  | {
      readonly authentication: 'bearer' | 'client_secret_basic' | 'client_secret_post' | 'none';
      readonly sign?: never;
      readonly serviceAccount?: never;
    }
  | {
      readonly authentication: 'hook';
      /** Completes the fields of the form. Withings: client and signature. */
      readonly sign: SignFields;
      readonly serviceAccount?: never;
    }
  | {
      readonly authentication: 'service-account';
      /**
       * RFC 7523 section 2.1: the setting with the account's key file, and the scope that its token is asked for.
       * Google's calls for a whole project.
       */
      readonly serviceAccount: { readonly keySetting: Uppercase<string>; readonly scope: string };
      readonly sign?: never;
    };

interface CallFacts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  /** `{variables}` in texts, at any depth. */
  readonly json?: Readonly<Record<string, JsonBody>>;
  /** Statuses that count as done. Polar's registration: 200 and 409. Default: 200 to 299. */
  readonly accepts?: readonly [number, ...number[]];
  /** What must hold in an accepted answer for the call to be done. Withings: status 0. */
  readonly succeedsWhen?: { readonly path: string; readonly equals: string | number };
  /** A call that comes first: `{variable}` gets the value at this path of its answer. Withings: a nonce. */
  readonly firstAsk?: {
    readonly call: ApiCall;
    readonly variable: string;
    readonly path: string;
  };
}

/** A call that completes a connection. */
export type ConnectCall = ApiCall & {
  /** Granted scope without which the call is left out. Withings: notices about scopes that were not granted. */
  readonly needsScope?: string;
};

/** Part of a body that is sent. Google Health: a subscriber and its data types. */
export type JsonBody =
  string | number | boolean | readonly JsonBody[] | { readonly [field: string]: JsonBody };

/** Adds to the fields of a form what proves that the client sent them. */
export type SignFields = (
  fields: Readonly<Record<string, string>>,
  client: { readonly id: string; readonly secret: string },
) => Readonly<Record<string, string>>;
