import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Random } from '../random/random.ts';

/** Key-encryption keys by name, in the order in which they were written. A key object shows no bytes when printed. */
export type MasterKeys = ReadonlyMap<string, KeyObject>;

/** Keys that were read, or everything that is wrong with the text, line by line. */
export type ReadMasterKeys =
  | { readonly outcome: 'read'; readonly keys: MasterKeys }
  | { readonly outcome: 'refused'; readonly mistakes: readonly string[] };

const keyBytes = 32;
const keyIDPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Reads keys: one a line (or between commas), `<key-id> <base64url of 32 bytes>`; lines that begin with `#` are
 * remarks. Mistakes quote nothing of the text, because a name and its key are easily exchanged.
 */
export function parseMasterKeys(text: string): ReadMasterKeys {
  const keys = new Map<string, KeyObject>();
  const mistakes: string[] = [];
  for (const { entry, where } of entriesOf(text)) {
    const mistake = addEntry(keys, entry);
    if (mistake !== undefined) mistakes.push(`${where} ${mistake}`);
  }
  if (keys.size === 0 && mistakes.length === 0) mistakes.push('there is no key in it');
  return mistakes.length > 0 ? { outcome: 'refused', mistakes } : { outcome: 'read', keys };
}

function* entriesOf(text: string): Generator<{ entry: string; where: string }> {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trimStart().startsWith('#')) continue;
    for (const part of line.split(',')) {
      const entry = part.trim();
      if (entry !== '') yield { entry, where: `line ${index + 1}` };
    }
  }
}

/** Adds what an entry says, or gives what is wrong with it. */
function addEntry(keys: Map<string, KeyObject>, entry: string): string | undefined {
  const [keyID = '', encoded = '', ...rest] = entry.split(/\s+/);
  if (encoded === '' || rest.length > 0 || !keyIDPattern.test(keyID))
    return 'is not a key id and a key, separated by a space';
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(encoded)) return 'has a key that is not base64url';
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes.length !== keyBytes) return `has a key of ${bytes.length} bytes; it must have ${keyBytes}`;
  if (bytes.toString('base64url') !== encoded.replaceAll('=', '')) return 'has a key that is not base64url';
  if (bytes.every((byte) => byte === bytes[0])) return 'has a placeholder in the place of a key';
  const key = createSecretKey(bytes);
  if (keys.has(keyID)) return 'repeats a key id';
  for (const other of keys.values()) if (other.equals(key)) return 'repeats a key under another id';
  keys.set(keyID, key);
  return undefined;
}

/** A new key as the line that stands for it. */
export function generateMasterKey(random: Random): { readonly keyID: string; readonly line: string } {
  const keyID = `k-${[...random.bytes(8)].map((byte) => base32[byte % base32.length]).join('')}`;
  return { keyID, line: `${keyID} ${random.bytes(keyBytes).toString('base64url')}` };
}
