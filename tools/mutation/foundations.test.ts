import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foundations } from './foundations.ts';
import { readScores } from './readScores.ts';

const root = join(import.meta.dirname, '../..');

describe('what is broken every night', () => {
  it('names files and tests that are there, each file once', () => {
    const files = foundations.flatMap((one) => Object.keys(one.files));
    for (const file of [...files, ...foundations.flatMap(({ tests }) => tests)])
      expect(existsSync(join(root, file)), file).toBe(true);
    expect(new Set(files).size).toBe(files.length);
  });
});

describe('the score of a file', () => {
  it('counts a break that could not be judged as not noticed, and none that was left out on purpose', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-scores-'));
    try {
      const path = join(folder, 'report.json');
      expect(readScores(path)).toBeUndefined();
      const statuses = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError', 'Ignored'];
      const files = { 'a.ts': { mutants: statuses.map((status) => ({ status })) }, 'b.ts': { mutants: [] } };
      writeFileSync(path, JSON.stringify({ files }));
      expect(readScores(path)).toEqual([
        { file: 'a.ts', noticed: 2, breaks: 5, share: 40 },
        { file: 'b.ts', noticed: 0, breaks: 0, share: 100 },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
