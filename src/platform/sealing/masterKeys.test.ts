import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../random/seededRandom.ts';
import { systemRandom } from '../random/random.ts';
import { generateMasterKey, parseMasterKeys } from './masterKeys.ts';

const key = (seed: number) => createSeededRandom(String(seed)).bytes(32).toString('base64url');

function mistakesOf(text: string): readonly string[] {
  const read = parseMasterKeys(text);
  if (read.outcome === 'refused') return read.mistakes;
  throw new Error('accepted');
}

function namesOf(text: string): string[] {
  const read = parseMasterKeys(text);
  if (read.outcome !== 'read') throw new Error(read.mistakes.join());
  return [...read.keys.keys()];
}

describe('parseMasterKeys', () => {
  it('reads lines and commas in their order, and skips remarks and empty lines', () => {
    expect(namesOf(`# a, b\n\n  # c\nk-b  ${key(1)}\r\n  k-a\t${key(2)}=  \n`)).toEqual(['k-b', 'k-a']);
    expect(namesOf(`k-b ${key(1)}, k-a ${key(2)},`)).toEqual(['k-b', 'k-a']);
  });

  it.each([
    ['nothing', '', 'there is no key in it'],
    ['only remarks', '# k-a key\n \n', 'there is no key in it'],
    ['a key without a name', key(1), 'line 1 is not a key id and a key, separated by a space'],
    ['a third word', `k-a ${key(1)} x`, 'line 1 is not a key id and a key, separated by a space'],
    ['a name with odd characters', `k/a ${key(1)}`, 'line 1 is not a key id and a key, separated by a space'],
    ['a short key', `k-a ${key(1).slice(0, 42)}`, 'line 1 has a key of 31 bytes; it must have 32'],
    [
      'an AES-128 key',
      `k-a ${createSeededRandom('1').bytes(16).toString('base64url')}`,
      'line 1 has a key of 16 bytes; it must have 32',
    ],
    [
      'a long key',
      `k-a ${createSeededRandom('1').bytes(33).toString('base64url')}`,
      'line 1 has a key of 33 bytes; it must have 32',
    ],
    ['garbage', 'k-a ????', 'line 1 has a key that is not base64url'],
    ['garbage before a key', `k-a !${key(1).slice(0, 42)}`, 'line 1 has a key that is not base64url'],
    ['garbage behind a key', `k-a ${key(1).slice(0, 42)}!`, 'line 1 has a key that is not base64url'],
    ['a key with a changed end', `k-a ${key(1).slice(0, 42)}B`, 'line 1 has a key that is not base64url'],
    ['base64 of the other alphabet', `k-a ${Buffer.alloc(32, 0xfb).toString('base64')}`, 'line 1 has'],
    [
      'zeros',
      `k-a ${Buffer.alloc(32).toString('base64url')}`,
      'line 1 has a placeholder in the place of a key',
    ],
    [
      'one byte again and again',
      `k-a ${Buffer.alloc(32, 7).toString('base64url')}`,
      'line 1 has a placeholder in the place of a key',
    ],
  ])('refuses %s', (_what, text, mistake) => {
    expect(mistakesOf(text)).toEqual([expect.stringMatching(`^${mistake}`)]);
  });

  it('refuses a key whose last bits say nothing, because it has been cut or changed', () => {
    // Of the last character four bits count.
    const changed = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
    const refused = changed.filter(
      (last) => parseMasterKeys(`k-a ${key(1).slice(0, 42)}${last}`).outcome === 'refused',
    );
    expect(refused).toHaveLength(48);
  });

  it('refuses the same name or the same key twice', () => {
    expect(mistakesOf(`k-a ${key(1)}\nk-a ${key(2)}\nk-b ${key(1)}`)).toEqual([
      'line 2 repeats a key id',
      'line 3 repeats a key under another id',
    ]);
  });

  it('tells all mistakes and quotes nothing, because a name and its key are easily exchanged', () => {
    const secret = key(1);
    const mistakes = mistakesOf(`${secret} k-a\n${secret}\nk-a ${secret}x`);
    expect(mistakes).toHaveLength(3);
    expect(mistakes.join()).not.toContain(secret.slice(0, 8));
  });

  it('gives keys that show no bytes when they are printed', () => {
    const read = parseMasterKeys(`k-a ${key(1)}`);
    const bytes = Buffer.from(key(1), 'base64url');
    for (const text of [inspect(read, { depth: null, showHidden: true }), JSON.stringify(read)])
      for (const form of [key(1), bytes.toString('hex'), bytes.toString('base64'), bytes.join(', ')])
        expect(text).not.toContain(form);
  });
});

describe('generateMasterKey', () => {
  it('makes a line that reads as one key of its name, another one each time', () => {
    const lines = Array.from({ length: 200 }, () => generateMasterKey(systemRandom));
    for (const { keyID, line } of lines) {
      expect(keyID).toMatch(/^k-[a-z2-7]{8}$/);
      expect(namesOf(line)).toEqual([keyID]);
    }
    expect(new Set(lines.map(({ keyID }) => keyID)).size).toBe(200);
    expect(new Set(lines.map(({ line }) => line.split(' ')[1])).size).toBe(200);
  });
});
