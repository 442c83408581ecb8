/** Values that may be shown once. */
export interface OneTimeValues {
  /** Whether the value was not seen before; it is remembered until `until` (milliseconds). */
  spend(value: string, until: number): boolean;
  /** A value that was given out and can be spent, until then, exactly once. */
  give(value: string, until: number): void;
  /** Whether the value was given out, is still good, and was not taken before. */
  take(value: string): boolean;
  /** Whether {@link take} would say yes. */
  has(value: string): boolean;
  reset(): void;
}

/** More than any test keeps alive at once; what is over is forgotten first. */
const sizeMax = 50_000;

/** Values that are each taken once and forgotten when their time is over. */
export function createOneTimeValues(now: () => number): OneTimeValues {
  const until = new Map<string, number>();
  const keep = (value: string, end: number) => {
    if (until.size >= sizeMax) for (const [old, itsEnd] of until) if (itsEnd < now()) until.delete(old);
    until.set(value, end);
  };
  return {
    spend: (value, end) => {
      if ((until.get(value) ?? Number.NEGATIVE_INFINITY) >= now()) return false;
      keep(value, end);
      return true;
    },
    give: keep,
    take: (value) => {
      const end = until.get(value);
      until.delete(value);
      return end !== undefined && end >= now();
    },
    has: (value) => (until.get(value) ?? Number.NEGATIVE_INFINITY) >= now(),
    reset: () => until.clear(),
  };
}
