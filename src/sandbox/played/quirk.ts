/**
 * What a definition cannot say of its vendor and a sandbox has to know. A file `quirks/<slug>.ts` exports it as
 * `quirk`; most providers have none.
 */
export interface Quirk {
  /** `scope` of every token answer where it says nothing about what was granted. Garmin. */
  readonly tokenScope?: string;
  /** Boxes that are empty until the participant ticks them. Garmin: history. */
  readonly unticked?: readonly string[];
  /** Only the answer to a code names the person, not that to a refresh. Strava. */
  readonly userIDWithCodeOnly?: boolean;
  /** Parameters without which a request is fine and its answer has no refresh token. Google, WHOOP. */
  readonly refreshTokenNeeds?: {
    readonly authorize?: Readonly<Record<string, string>>;
    readonly refresh?: Readonly<Record<string, string>>;
  };
}
