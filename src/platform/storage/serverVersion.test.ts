import { describe, expect, it } from 'vitest';
import { judgeVersion, newestMinors } from './serverVersion.ts';

describe('the version of a PostgreSQL', () => {
  it.each([
    ['18.4', '18.4', `18.${newestMinors[18]}`],
    ['15.2 (Debian 15.2-0+deb12u1)', '15.2', `15.${newestMinors[15]}`],
    [`18.${newestMinors[18]}`, `18.${newestMinors[18]}`, undefined],
    [`17.${newestMinors[17]! + 1} (Ubuntu)`, `17.${newestMinors[17]! + 1}`, undefined],
    ['19beta2', '19beta2', undefined],
    ['27.1', '27.1', undefined],
  ])('%s is told, and a newer minor where this release knows one', (text, version, newer) => {
    expect(judgeVersion(text)).toEqual({ version, newer });
  });
});
