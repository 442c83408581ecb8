import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const sources = join(import.meta.dirname, '../..');
const files = readdirSync(sources, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
  .map((entry) => relative(sources, join(entry.parentPath, entry.name)));

/** Files that match, outside of sealing itself. */
function filesWith(pattern: RegExp): string[] {
  return files
    .filter((file) => !file.startsWith('platform/sealing/'))
    .filter((file) => pattern.test(readFileSync(join(sources, file), 'utf8')))
    .sort();
}

describe('the vault', () => {
  it('is opened and sealed with in two files alone, whoever else hands it on', () => {
    expect(filesWith(/vault\??\s*\.\s*(open|seal)\b/i)).toEqual([
      'accounts/grant.ts',
      'connect/secrets/attemptSecrets.ts',
    ]);
    expect(filesWith(/vault\??\s*\.\s*rewrap\b/i)).toEqual(['keys/rotation/rewrapAll.ts']);
    // Taking a member out would be another way to call it.
    expect(filesWith(/\{[^{}]*\b(open|seal|rewrap)\b[^{}]*\}\s*=\s*[\w.]*vault\b/i)).toEqual([]);
  });

  it('is put together in keys, for main alone; others know what it is, and only those who have sealed rows', () => {
    expect(filesWith(/sealing\/createVault\.ts/)).toEqual(['keys/openVault.ts']);
    const outside = (pattern: RegExp) => filesWith(pattern).filter((file) => !/^(keys|main)\//.test(file));
    expect(outside(/platform\/sealing\/(?!vault\.ts)/)).toEqual([]);
    expect(
      outside(/platform\/sealing\/vault\.ts/).filter(
        (file) => !/^(accounts|connect)\/(?!routes\/)/.test(file),
      ),
    ).toEqual([]);
  });
});
