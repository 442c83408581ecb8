const aloneMs = 5_000;

/** Requests that wait for each other: a race that happens each time, as far as the browser lets it happen. */
export function createPairs() {
  const expected: { readonly pattern: RegExp; readonly first: (() => void)[] }[] = [];
  return {
    /** The next two whose URL matches are a pair. */
    expect: (pattern: RegExp) => void expected.push({ pattern, first: [] }),
    /** Comes back when the other of its pair is there, or after five seconds alone; at once for any other URL. */
    wait: async (url: string) => {
      const index = expected.findIndex(({ pattern }) => pattern.test(url));
      const pair = expected[index];
      if (pair === undefined) return;
      const [release] = pair.first;
      if (release !== undefined) {
        expected.splice(index, 1);
        release();
        return;
      }
      await new Promise<void>((resolve) => {
        pair.first.push(resolve);
        setTimeout(resolve, aloneMs).unref();
      });
    },
  };
}
