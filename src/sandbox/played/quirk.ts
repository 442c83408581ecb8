import type { Phase } from '../../definitions/shape/errors.ts';

/** A whole refusal in the vendor's words; without a body it is empty. What it means the definition has to find. */
export interface PlayedRefusal {
  readonly phases: readonly [Phase, ...Phase[]];
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/**
 * What a definition cannot say of its vendor and a sandbox has to know. A file `quirks/<slug>.ts` exports it as
 * `quirk`; most providers have none.
 */
export interface Quirk {
  /** `scope` of every token answer where it says nothing about what was granted. Garmin. */
  readonly tokenScope?: string;
  /** Boxes that are empty until the participant ticks them. Garmin: history. */
  readonly unticked?: readonly string[];
  /** Only this answer of the token endpoint names the person. Strava: to a code. Blue Button: to a refresh. */
  readonly userIDOnlyAt?: 'token' | 'refresh';
  /** What answers of the token endpoint have beside what the definition reads, by path; values are invented. */
  readonly alsoTold?: Readonly<Partial<Record<'token' | 'refresh', Readonly<Record<string, unknown>>>>>;
  /** What they lack of what standards or the definition would have in them. */
  readonly neverTold?: Readonly<Partial<Record<'token' | 'refresh', readonly string[]>>>;
  /** A request without scopes asks for all that the application may have. COROS, Suunto, Blue Button. */
  readonly scopeIsOptional?: boolean;
  /** Parameters without which a request is fine and its answer has no refresh token. Google, WHOOP. */
  readonly refreshTokenNeeds?: {
    readonly authorize?: Readonly<Record<string, string>>;
    readonly refresh?: Readonly<Record<string, string>>;
  };
  /** How the vendor refuses, where its rules tell only what to look for. The first that means it is said. */
  readonly refusals?: readonly PlayedRefusal[];
}
