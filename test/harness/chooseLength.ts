/**
 * How often a test repeats what it tries: `short` in `npm test`, where it must prove what its name says all the same;
 * `long` with `TRIBUTARY_TEST_LONG=1` (`npm run test:long`, which finds the tests that come here), where it looks for
 * what is rare.
 */
export function chooseLength({ short, long }: { readonly short: number; readonly long: number }): number {
  return process.env['TRIBUTARY_TEST_LONG'] === '1' ? long : short;
}
