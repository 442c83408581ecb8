import { describe, expect, it } from 'vitest';
import { entityTag, isKnownTo } from './entityTag.ts';

const current = entityTag(Buffer.from('some digest'));

describe('If-None-Match', () => {
  it('is met by the tag itself, by its weak form, in a list, and by a star', () => {
    for (const header of [
      current,
      `W/${current}`,
      `"a, b", W/"",${current}`,
      ` "x" , W/${current} `,
      '*',
      ' * ',
    ])
      expect(isKnownTo(header, current), header).toBe(true);
  });

  it('is not met by other tags, parts of the tag or what is no list of tags', () => {
    const bare = current.slice(1, -1);
    for (const header of [
      undefined,
      '',
      '"other"',
      bare,
      `"${bare}x"`,
      `"x${bare}"`,
      `"${bare} "`,
      '**',
      '"*"',
      ',',
    ])
      expect(isKnownTo(header, current), header).toBe(false);
  });
});
