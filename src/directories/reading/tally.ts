/** How often something was met, with the first few places where. */
export interface Tally {
  readonly entries: number;
  /** Places in words for people, in the order in which they were met. */
  readonly examples: readonly string[];
}

/** A tally under way. Examples are made only while they are still wanted. */
export interface Counter {
  add(example: () => string): Counter;
  total(): Tally;
}

/** Starts at nothing and keeps at most `examplesMax` examples. */
export function createCounter(examplesMax: number): Counter {
  let entries = 0;
  const examples: string[] = [];
  const counter: Counter = {
    add: (example) => {
      entries++;
      if (examples.length < examplesMax) examples.push(example());
      return counter;
    },
    total: () => ({ entries, examples }),
  };
  return counter;
}
