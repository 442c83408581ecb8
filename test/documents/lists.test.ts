import { describe, expect, it } from 'vitest';
import { settings } from '../../src/main/config.ts';
import { readDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { settingNames } from '../../src/definitions/settingNames.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { findFiles, readText } from './projectFiles.ts';

const operating = 'docs/guides/operating.md';

/** The sources without their tests. */
async function readSources(): Promise<string[]> {
  const paths = await findFiles('src/**/*.ts');
  return Promise.all(paths.filter((path) => !path.endsWith('.test.ts')).map(readText));
}

/** Rows of the table whose first column has this heading, cell by cell. */
async function readTable(file: string, heading: string): Promise<string[][]> {
  const lines = (await readText(file)).split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  expect(start, `${file} has a table of ${heading}`).toBeGreaterThan(-1);
  const end = lines.findIndex((line, place) => place > start && !line.startsWith('|'));
  return lines.slice(start + 2, end === -1 ? undefined : end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

describe('the guide for operators', () => {
  it('lists every action of the trail, and no other', async () => {
    const actions: string[] = [];
    for (const source of await readSources()) {
      // Who writes rows does so through record() or in SQL; acts with keys have their noun in one place.
      if (/audit\/record\.ts'|insert into audit_entries/.test(source))
        actions.push(
          ...[...source.matchAll(/'([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)'/g)].map((match) => match[1]!),
        );
      for (const [, verbs = ''] of source.matchAll(/what: ('[a-z]+'(?: \| '[a-z]+')+),\n {2}keyID/g))
        actions.push(...[...verbs.matchAll(/'([a-z]+)'/g)].map(([, verb]) => `sealing-key.${verb}`));
    }
    const rows = await readTable(operating, 'action');
    expect(sorted(rows.flatMap(([names = '']) => quoted(names)))).toEqual(sorted(actions));
  });

  it('lists every event of the log with its level and fields, and no other', async () => {
    const declared = (await readSources()).flatMap((source) =>
      [...source.matchAll(/= defineEvent\(\s*'([^']+)',\s*'([^']+)'((?:,\s*'[^']+')*),?\s*\)/g)].map(
        ([, name, level, fields = '']) =>
          [name, level, [...fields.matchAll(/'([^']+)'/g)].map((match) => match[1]).join(', ')].join(' | '),
      ),
    );
    const rows = await readTable(operating, 'event');
    expect(
      sorted(
        rows.map(([name = '', level = '', fields = '']) => [quoted(name)[0], level, fields].join(' | ')),
      ),
    ).toEqual(sorted(declared));
  });

  it('lists every metric of ours with its labels', async () => {
    const source = await readText('src/main/metrics.ts');
    const declared = [...source.matchAll(/name: '(tributary_[^']+)'[^}]*?labelNames: \[([^\]]*)\]/g)].map(
      ([, name, labels = '']) =>
        `${name}: ${[...labels.matchAll(/'([^']+)'/g)].map(([, one]) => one).join(', ')}`,
    );
    const rows = await readTable(operating, 'metric');
    expect(
      sorted(rows.map(([name = '', labels = '']) => `${quoted(name)[0]}: ${labels.split(':')[0]}`)),
    ).toEqual(sorted(declared));
  });
});

describe('the guide for clients', () => {
  it('lists every request of openapi.json, and no other', async () => {
    const { paths } = JSON.parse(await readText('openapi.json')) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const [, section = ''] = (await readText('docs/guides/clients.md')).split('## Every request\n');
    const listed = [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => quoted(cell));
    // The pages that participants see are one entry: clients know nothing of their parts.
    const pages = described.map((request) => request.replace(/^[A-Z]+ \/connect\/.*$/, '/connect/…'));
    expect(sorted(listed)).toEqual(sorted(pages));
  });
});

describe('every document', () => {
  it('names settings that exist', async () => {
    const known = new Set(Object.keys(settings.properties));
    for (const definition of (await readDefinitions(providersFolder)).values())
      for (const { name } of settingNames(definition)) known.add(name);
    const wrong: string[] = [];
    for (const file of await findFiles('*.md', 'docs/**/*.md'))
      for (const [name] of (await readText(file)).matchAll(
        /\bTRIBUTARY_[A-Z0-9]+(?:_[A-Z0-9]+)*(?![A-Z0-9_<])/g,
      ))
        if (!known.has(name) && !known.has(name.replace(/_FILE$/, '')) && !/^TRIBUTARY_TEST_/.test(name))
          wrong.push(`${file}: ${name}`);
    expect(wrong).toEqual([]);
  });

  it('counts as many providers as there are files of them', async () => {
    const { size } = await readDefinitions(providersFolder);
    for (const file of ['README.md', 'CHANGELOG.md'])
      expect(await readText(file), file).toMatch(new RegExp(`\\b${size} makers of devices, vendors`));
  });

  it('names files that are there, from the root or from src', async () => {
    const there = await findPaths();
    const folders = new Set([...there].map((path) => path.split('/', 1)[0]!));
    const capabilities = new Set([...there].flatMap((path) => /^src\/(\w+)\//.exec(path)?.[1] ?? []));
    const wrong: string[] = [];
    const files = await findFiles('*.md', 'docs/**/*.md');
    // The map of the house has rows of names of its own.
    for (const file of files)
      for (const [, name = ''] of (await readText(file)).matchAll(/`([A-Za-z]+\/[\w./-]+?)\/?`/g)) {
        const [first = ''] = name.split('/', 1);
        if (name.includes('NNNN') || !(folders.has(first) || capabilities.has(first))) continue;
        if (![name, `src/${name}`, `src/${name}.ts`].some((path) => there.has(path)))
          wrong.push(`${file}: ${name}`);
      }
    expect(wrong).toEqual([]);
  });

  it('is one link away from README, if it is a guide', async () => {
    const readme = await readText('README.md');
    const guides = await findFiles('docs/*.md', 'docs/guides/*.md');
    expect(guides.filter((path) => !readme.includes(`](${path}`))).toEqual([]);
  });

  it('links to what is there', async () => {
    const broken: string[] = [];
    const files = await findFiles('*.md', 'docs/**/*.md', 'test/**/*.md');
    const anchors = new Map<string, Set<string>>();
    for (const file of files) anchors.set(file, readAnchors(await readText(file)));
    const there = await findPaths();
    for (const file of files)
      for (const [, target = ''] of (await readText(file)).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const { pathname, hash } = new URL(target, `file:///${file}`);
        const path = decodeURIComponent(pathname).replace(/^\/|\/$/g, '');
        const anchor = decodeURIComponent(hash.slice(1));
        if (!there.has(path) || (anchor !== '' && anchors.get(path)?.has(anchor) !== true))
          broken.push(`${file}: ${target}`);
      }
    expect(broken).toEqual([]);
  });
});

/** Files and folders that a document may name. */
async function findPaths(): Promise<Set<string>> {
  const folders = ['bin', 'src', 'test', 'tools', 'bench', 'examples', 'docs', 'migrations'];
  return new Set(await findFiles('*', '.env.example', ...folders.map((folder) => `${folder}/**`)));
}

/** The names that GitHub gives to headings. */
function readAnchors(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
