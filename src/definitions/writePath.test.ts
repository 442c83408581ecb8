import { describe, expect, it } from 'vitest';
import { readPath } from './readPath.ts';
import { writePath } from './writePath.ts';

describe('writePath', () => {
  it.each(['a', 'a.b', 'list.0.c', 'list.3', 'new.0.type', 'new.1', 'a.b.c.d'])(
    'writes at %s what is read there, and leaves the value that it was given alone',
    (path) => {
      const given = { a: { b: 1 }, list: [{ c: 2 }, 'x'] };
      const before = structuredClone(given);
      expect(readPath(writePath(given, path, 'written'), path)).toBe('written');
      expect(given).toEqual(before);
    },
  );

  it('makes lists for numbers and objects for names, and keeps what stands beside', () => {
    expect(writePath({}, 'errors.0.type', 1)).toEqual({ errors: [{ type: 1 }] });
    expect(writePath({ list: ['x', 'y'], kept: 1 }, 'list.1', 'z')).toEqual({ list: ['x', 'z'], kept: 1 });
    expect(writePath({ a: 'text' }, 'a.b', 1)).toEqual({ a: { b: 1 } });
    expect(writePath({ a: 1 }, '', 2)).toBe(2);
  });
});
