/** What a failure means for an account and for whoever runs the service. */
export type Verdict =
  /** The consent is gone: the participant has to connect again. Nothing else may be called so. */
  | 'unauthorized'
  /**
   * The access token is not taken: it has run out, or the consent has ended. To be renewed, once for each token; which of
   * both it is, only the token endpoint says. Without a refresh token there is nothing to renew, and it is `unauthorized`.
   */
  | 'token-refused'
  /** The participant has to agree to something at the vendor; the tokens are good. Polar. */
  | 'consent-missing'
  /** One kind of data is not ours to read; the rest goes on. */
  | 'scope-missing'
  /** The participant's subscription with the vendor has lapsed. Oura. */
  | 'subscription-lapsed'
  /** There is nothing; no failure. */
  | 'no-data'
  | 'rate-limited'
  | 'retry-later'
  /** The vendor has ended the interface. Fitbit. */
  | 'retired'
  /** Our credentials are wrong: an alarm for the operator, never a participant's fault. */
  | 'operator-alarm'
  | 'failed';

/** In which kind of call something failed. `connect`: `afterConnect`, and the calls for scopes and user id. */
export type Phase = 'token' | 'connect' | 'refresh' | 'data' | 'revoke';

/**
 * One rule; every condition that is given has to hold. Judged by structure only, never by words for people. Rules
 * that look into the answer come first. A rule by status alone gives way to OAuth error codes that excuse the
 * participant (`invalid_client`, `temporarily_unavailable`): a status does not tell her consent from our credentials. At
 * the token endpoint it ends a consent only in a JSON object: anything else was written by a gateway.
 */
export interface ErrorRule {
  readonly phases?: readonly [Phase, ...Phase[]];
  readonly status?: number | readonly [number, ...number[]];
  /** A field of the answer's JSON: `error`, `body.status`, `errors.0.errorType`. */
  readonly body?: { readonly path: string; readonly in: readonly [string | number, ...(string | number)[]] };
  /**
   * A field that the answer's JSON has, with any value but these; an empty list fits every value. Asked of
   * answers with status 200 too. COROS: `result` other than 0000. Suunto: an `error` that is not null.
   */
  readonly bodyNot?: { readonly path: string; readonly in: readonly (string | number | null)[] };
  /**
   * How often in a row it has to happen before it means this; until then it means `retry-later`. Dexcom: its
   * authentication fails now and then for grants that are good. Default: 1.
   */
  readonly times?: number;
  readonly verdict: Verdict;
}
