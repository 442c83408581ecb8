import { expect, it } from 'vitest';
import { findNewer } from './findNewer.ts';

it.each([
  [['18.3.0-beta.17', '18.4.0-beta.17'], undefined],
  [['18.6.0-beta.17', '18.10.0-beta.18', '18.9.0-beta.18'], '18.10.0-beta.18'],
  [['17.12.0-beta.17', '19.1.0-beta.17'], undefined],
])('finds a newer minor of the same major among %j: %s', (versions, newer) => {
  expect(findNewer('18.4.0-beta.17', versions)).toEqual({ major: 18, minor: 4, newer });
});
