/** How often a vendor wants to be asked. */
export interface RateLimit {
  /** Whose requests count together. `base-url`: all participants of one organisation (eClinicalWorks). */
  readonly counts: 'application' | 'participant' | 'base-url';
  /** Which calls count: all, or only those to the token endpoint. Google Health. Default: all. */
  readonly of?: 'token-calls';
  /** Of a window, however many participants are connected. */
  readonly requests: number;
  /** More for each connected participant. Polar: 500 + 20 × participants. */
  readonly requestsPerParticipant?: number;
  /** Seconds that a window lasts. */
  readonly windowS: number;
  /** Whether the window moves with the clock (each full minute) or with the requests. Default: rolling. */
  readonly window?: 'clock' | 'rolling';
  /** Headers that tell how much is left. */
  readonly headers?: {
    readonly limit?: string;
    readonly remaining?: string;
    readonly used?: string;
    readonly reset?: string;
    /** Which number counts, from 0, in headers that hold those of several windows. Strava: `15min,daily`. */
    readonly place?: number;
    /**
     * The limit's header names each window as `;window=` and its seconds, after the number of the one that is nearest:
     * this limit's number is that of its `windowS`; what remains and the reset are of the nearest. WHOOP.
     */
    readonly byWindow?: true;
  };
}
