import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this release, from `package.json`, which lies above the sources and above what was built of them. */
export function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
