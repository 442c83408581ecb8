/** How often a vendor wants to be asked. */
export interface RateLimit {
  /** Whose requests count together. `base-url`: all participants of one organisation (eClinicalWorks). */
  readonly counts: 'application' | 'participant' | 'base-url';
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
  };
}
