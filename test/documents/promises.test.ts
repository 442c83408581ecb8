import { beforeAll, describe, expect, it } from 'vitest';
import { findFiles, readText } from './projectFiles.ts';

const list = 'docs/reliability.md';

interface Promised {
  readonly name: string;
  readonly text: string;
  readonly proofs: readonly { readonly file: string; readonly titles: readonly string[] }[];
}

let promises: readonly Promised[];
beforeAll(async () => {
  promises = (await readText(list))
    .split(/^### /m)
    .slice(1)
    .map((section) => ({
      name: section.split('\n', 1)[0]!,
      text: section,
      proofs: [...section.matchAll(/^- `([^`]+)`: (.*)$/gm)].map(([, file = '', rest = '']) => ({
        file,
        titles: [...rest.matchAll(/"([^"]+)"/g)].map((match) => match[1]!),
      })),
    }));
});

/** What looks like the name of a promise: words in capitals, the first of them one that promises begin with. */
function namePattern(): RegExp {
  const areas = [...new Set(promises.map(({ name }) => name.split('-', 1)[0]!))];
  return new RegExp(`\\b(?:${areas.join('|')})(?:-[A-Z]+)+\\b`, 'g');
}

/** Holds a title as it stands in a test, where `…` is anything, and names of promises behind it do not count. */
function hasTitle(source: string, title: string): boolean {
  const parts = title.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(['"\`])${parts.join('.+?')}\\1`).test(
    source.replaceAll(namePattern(), 'PROMISE').replaceAll(/ \((?:PROMISE|, |RFC \d+)+\)/g, ''),
  );
}

describe('what we promise', () => {
  it('has names of its own, a sentence, what would break it, and tests', () => {
    const names = promises.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    for (const { name, text, proofs } of promises) {
      expect(name).toMatch(/^[A-Z]+(-[A-Z]+)+$/);
      expect(text, name).toMatch(/^.+\n\n[A-Z].+\n\nBroken by .+\n\n- /);
      expect(proofs.flatMap(({ titles }) => titles).length, name).toBeGreaterThan(0);
    }
  });

  it('is proven by tests that exist', async () => {
    const lost: string[] = [];
    for (const { name, proofs } of promises)
      for (const { file, titles } of proofs) {
        const source = await readText(file).catch(() => '');
        lost.push(
          ...titles.filter((title) => !hasTitle(source, title)).map((title) => `${name}: ${file}: ${title}`),
        );
      }
    expect(lost).toEqual([]);
  });

  it('is cited by names that are in the list, in code, tests and documents', async () => {
    const known = new Set(promises.map(({ name }) => name));
    const unknown: string[] = [];
    const files = await findFiles('*.md', 'docs/**/*.md', '{src,test,tools,bench,examples}/**/*.{ts,js}');
    expect(files.length).toBeGreaterThan(500);
    for (const file of files)
      for (const [name] of (await readText(file)).matchAll(namePattern()))
        if (!known.has(name)) unknown.push(`${file}: ${name}`);
    expect(unknown).toEqual([]);
  });
});
