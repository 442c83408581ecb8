import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** The rules of docs/architecture.md that dependency-cruiser cannot see. */
const sourceFolder = join(import.meta.dirname, '../src');
const files = readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ts$/.test(file) && !/\.(test|d)\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(sourceFolder, file), 'utf8') }));

const capabilityOf = (file: string) => file.split('/')[0]!;
const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
const isTop = (file: string) => file.split('/').length === 2;

/** Folders of another kind: shapes, mechanisms (whose subfolders are public), plug-ins, and who knows everything. */
const otherFolders = new Set(['contract', 'platform', 'providers', 'main']);

/** Top files that others know without an import. */
const foundByName: Readonly<Record<string, string>> = {
  'errors.ts': 'main/findProblems reads every capability’s',
  'connectJourney.ts': 'a newcomer’s first file (docs/architecture.md): the table that the journey follows',
};

describe('a file at the top of a capability', () => {
  const users = new Map<string, Set<string>>();
  for (const { file, text } of files)
    for (const [, specifier] of withoutComments(text).matchAll(
      /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g,
    )) {
      const target = normalize(join(dirname(file), specifier!));
      users.set(target, (users.get(target) ?? new Set()).add(capabilityOf(file)));
    }
  const tops = files
    .map(({ file }) => file)
    .filter((file) => isTop(file) && !otherFolders.has(capabilityOf(file)));

  it('is used by another capability: what is private lies in a subfolder', () => {
    const isPublic = (file: string) =>
      basename(file) in foundByName ||
      [...(users.get(file) ?? [])].some((capability) => capability !== capabilityOf(file));
    expect(tops.length).toBeGreaterThan(50);
    expect(tops.filter((file) => !isPublic(file))).toEqual([]);
  });

  it('is one of not too many: what a reader has to know of a capability fits on a screen', () => {
    const counts = new Map<string, number>();
    for (const file of tops) counts.set(capabilityOf(file), (counts.get(capabilityOf(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 20)).toEqual([]);
  });
});

describe('what another capability uses', () => {
  const parsed = new Map(files.map(({ file, text }) => [file, parse(file, text)] as const));

  it('has a doc comment: a caller need not read what is behind it', () => {
    const used = files.flatMap(({ file }) =>
      namedFrom(file)
        .filter(({ target }) => capabilityOf(target) !== capabilityOf(file))
        .map(({ target, name }) => declaredAs(target, name)),
    );
    const names = documented();
    expect(new Set(used).size).toBeGreaterThan(300);
    expect([...new Set(used)].filter((name) => !names.has(name)).sort()).toEqual([]);
  });

  function parse(file: string, text: string): ts.SourceFile {
    return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  }

  /** Each name that a file imports, or hands on, with the file of ours that has it. */
  function namedFrom(file: string) {
    return parsed.get(file)!.statements.flatMap((statement) => {
      const bindings = ts.isImportDeclaration(statement)
        ? statement.importClause?.namedBindings
        : ts.isExportDeclaration(statement)
          ? statement.exportClause
          : undefined;
      const from = (statement as { readonly moduleSpecifier?: ts.Expression }).moduleSpecifier;
      if (bindings === undefined || from === undefined || !ts.isStringLiteral(from)) return [];
      const target = normalize(join(dirname(file), from.text));
      if (!parsed.has(target) || !('elements' in bindings)) return [];
      return bindings.elements.map(({ name, propertyName }) => ({
        target,
        name: (propertyName ?? name).text,
        as: name.text,
      }));
    });
  }

  /** `file: name` of where it is declared, through files that hand it on. */
  function declaredAs(file: string, name: string): string {
    const handedOn = namedFrom(file).find(({ as }) => as === name);
    return handedOn === undefined ? `${file}: ${name}` : declaredAs(handedOn.target, handedOn.name);
  }

  /** Exports with a comment; of a value and a type of the same name, or of overloads, one is enough. */
  function documented(): ReadonlySet<string> {
    return new Set(
      [...parsed].flatMap(([file, { statements }]) =>
        statements
          .filter((statement) => ts.getJSDocCommentsAndTags(statement).length > 0)
          .flatMap(namesOf)
          .map((name) => `${file}: ${name}`),
      ),
    );
  }

  function namesOf(statement: ts.Statement): readonly (string | undefined)[] {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    if (ts.isExportDeclaration(statement))
      return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : [];
    return [(statement as { readonly name?: ts.Identifier }).name?.text];
  }
});

describe('a name that others can import', () => {
  /** What the one export of a file is called in a folder whose files are found by themselves. */
  const foundByFolder = new Set([
    ...['command', 'definition', 'directory', 'format', 'provider', 'quirk', 'route', 'vendor'],
  ]);
  const named = files.flatMap(({ file, text }) =>
    ts.createSourceFile(file, text, ts.ScriptTarget.Latest).statements.flatMap((statement) => {
      const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
      const isExported =
        ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
      const names = ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.map(({ name }) => name)
        : [(statement as { readonly name?: ts.Node }).name];
      return names
        .filter((name) => name !== undefined && ts.isIdentifier(name))
        .map(({ text: name }) => ({ name, file, isType, isExported }));
    }),
  );

  /** `name: files` of what stands in several files. */
  function repeated(found: typeof named): string[] {
    const places = new Map<string, Set<string>>();
    for (const { name, file } of found) places.set(name, (places.get(name) ?? new Set()).add(file));
    return [...places]
      .filter(([, where]) => where.size > 1)
      .map(([name, where]) => `${name}: ${[...where].join(', ')}`);
  }

  it('stands for one thing', () => {
    const exported = named.filter(({ isExported }) => isExported);
    expect(exported.length).toBeGreaterThan(900);
    expect(repeated(exported.filter(({ name }) => !foundByFolder.has(name)))).toEqual([]);
  });

  it('is the name of no other type, not of a private one either', () => {
    const types = named.filter(({ isType }) => isType);
    const open = new Set(types.filter(({ isExported }) => isExported).map(({ name }) => name));
    expect(open.size).toBeGreaterThan(400);
    expect(repeated(types.filter(({ name }) => open.has(name)))).toEqual([]);
  });
});

describe('the tree of docs/architecture.md', () => {
  const guide = readFileSync(join(sourceFolder, '../docs/architecture.md'), 'utf8');
  const tree = /## The tree\n[\s\S]*?```\n([\s\S]*?)```/.exec(guide)![1]!;
  const sources = /^src\/\n([\s\S]*?)^\S/m.exec(tree)![1]!;
  const shown = new Map(
    [...sources.matchAll(/^ {2}(\w+)\/.*\n((?: {4}.*\n)*)/gm)].map(([, name, inside]) => [
      name!,
      [...inside!.matchAll(/(?<=^ {4}|\/ {2})(\w+)\/(?= |$)/gm)].map(([, folder]) => folder!),
    ]),
  );

  it('shows every folder of src and of its capabilities, and no other', () => {
    const foldersOf = (folder: string) =>
      readdirSync(join(sourceFolder, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    const there = foldersOf('').flatMap((top) => [
      `${top}/`,
      ...foldersOf(top).map((inside) => `${top}/${inside}/`),
    ]);
    const drawn = [...shown].flatMap(([top, inside]) => [
      `${top}/`,
      ...inside.map((one) => `${top}/${one}/`),
    ]);
    expect(drawn.sort()).toEqual(there.sort());
  });
});

describe('mechanisms of HTTP', () => {
  // A provider is spoken to by platform/outbound, so that folder has to know the word.
  const domain =
    /project|stud(?:y|ies)|participant|account|provider|catalogue|journey|grant|consent|vendor|patient|sandbox|export(?:s|ed)\b/i;

  it('know no word of the domain, in names or in what they say', () => {
    const words = files
      .filter(({ file }) => file.startsWith('platform/http/'))
      .flatMap(({ file, text }) => wordsOf(file, text).map((word) => `${file}: ${word}`));
    expect(words.length).toBeGreaterThan(1_000);
    expect(words.filter((word) => domain.test(word))).toEqual([]);
  });

  /** Names and texts; comments may name examples. */
  function wordsOf(file: string, text: string): string[] {
    const words: string[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node))
        words.push(node.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
    return words;
  }
});

describe('what a part needs', () => {
  it('is an argument: nothing is kept beside a database or a request, no type is widened from afar', () => {
    const hidden = /new WeakMap<(Database|\w*Request)\b|^declare (module|global)\b/m;
    expect(files.filter(({ text }) => hidden.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('the number of an advisory lock', () => {
  it('is written once', () => {
    const numbers = files.flatMap(({ text }) =>
      [...text.matchAll(/defineLock\(([^)]+)\)/g)].map(([, number]) => number!.replaceAll(/[\s_]/g, '')),
    );
    expect(numbers.length).toBeGreaterThan(3);
    expect(numbers).toEqual([...new Set(numbers)]);
    expect(
      files
        .filter(({ file, text }) => /pg_advisory/.test(text) && file !== 'platform/storage/advisoryLock.ts')
        .map(({ file }) => file),
    ).toEqual([]);
  });
});
