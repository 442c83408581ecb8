/** What a failure means for an account and for whoever runs the service. */
export type Verdict =
  /** The consent is gone: the participant has to connect again. Nothing else may be called so. */
  | 'unauthorized'
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

/** In which kind of call something failed. */
export type Phase = 'token' | 'refresh' | 'data' | 'revoke';

/** One rule; every condition that is given has to hold. Judged by structure only, never by words for people. */
export interface ErrorRule {
  readonly phases?: readonly [Phase, ...Phase[]];
  readonly status?: number | readonly [number, ...number[]];
  /** A field of the answer's JSON: `error`, `body.status`, `errors.0.errorType`. */
  readonly body?: { readonly path: string; readonly in: readonly [string | number, ...(string | number)[]] };
  readonly verdict: Verdict;
}
