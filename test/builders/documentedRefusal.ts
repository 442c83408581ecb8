import type { Phase, Verdict } from '../../src/definitions/shape/errors.ts';

/** Stands for words for people, and for values of which the source says that they may be any. */
export const anyText = 'Any text.';

/**
 * A refusal as a vendor documents it, and what it has to mean to us. The meaning is decided from what the source
 * says, never from what our rules answer. A call is taken to be made with a token that should still be good.
 */
export interface DocumentedAnswer {
  readonly at: Phase;
  /** Several where no source shows it: the body has to mean the same with each of them. */
  readonly status: number | readonly [number, ...number[]];
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. Left out where no source shows it; `''` where it is empty. */
  readonly body?: unknown;
  /** How often in a row the call has ended so, this time included. */
  readonly timesInARow?: number;
  /** What the source says that it is. */
  readonly says: string;
  /** `done`: no failure, because the definition accepts it where it comes. */
  readonly means: Verdict | 'done';
  /** What the source says that it is, where nothing but words for people tells that from `means`. */
  readonly hides?: Verdict;
  readonly source: string;
  /** Where two sources differ, and which one is followed. */
  readonly contradicted?: string;
}

/**
 * A file `test/documented/refusals/<slug>.ts` exports this as `documented`, for every definition: what was found, or where
 * it was looked for in vain. Values are invented; members, statuses and codes are the vendor's.
 */
export type DocumentedErrors =
  | readonly DocumentedAnswer[]
  /** No refusal of its own is documented. */
  | { readonly nothing: string };
