import { existsSync } from 'node:fs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * The Chromium that tests drive, or undefined when this machine has none. One that `TRIBUTARY_TEST_CHROMIUM` names
 * must be there: whoever names one wants no test left out. `none` stands for a machine without.
 */
export function findChromium(
  environment: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  const { TRIBUTARY_TEST_CHROMIUM: named } = environment;
  if (named === 'none') return undefined;
  if (named === undefined || named === '') return places.find(exists);
  if (!exists(named)) throw new Error(`TRIBUTARY_TEST_CHROMIUM names ${named}, which is not there`);
  return named;
}
