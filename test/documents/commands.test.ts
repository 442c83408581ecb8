import { describe, expect, it } from 'vitest';
import { findUses, judgeUse } from './commandUse.ts';
import { findFiles, readText } from './projectFiles.ts';
import { findDocuments, readShellBlocks } from './shellBlocks.ts';

const scripts = new Set(
  Object.keys((JSON.parse(await readText('package.json')) as { scripts: Record<string, string> }).scripts),
);

/** Mistakes in the uses, each with its place. */
async function judgeAll(uses: readonly (readonly [place: string, use: string])[]): Promise<string[]> {
  const mistakes: string[] = [];
  for (const [place, use] of uses) {
    const mistake = await judgeUse(use, scripts);
    if (mistake !== undefined) mistakes.push(`${place}: ${use}: ${mistake}`);
  }
  return mistakes;
}

/** What stands between backticks and begins like a command. */
function readInline(file: string, text: string): [string, string][] {
  return [...text.matchAll(/`((?:[^`\n]* )?(?:tributary|npm (?=run|ci|test|start)) ?[^`\n]+)`/g)].flatMap(
    ([, code = '']) => findUses(code).map((use): [string, string] => [file, use]),
  );
}

describe('what people are told to type', () => {
  it('in shell blocks exists: commands, options, npm scripts', async () => {
    const blocks = (await Promise.all((await findDocuments()).map(readShellBlocks))).flat();
    const uses = blocks.flatMap(({ file, line, text }) =>
      findUses(text).map((use) => [`${file}:${line}`, use] as const),
    );
    expect(uses.length).toBeGreaterThan(40);
    expect(await judgeAll(uses)).toEqual([]);
  });

  it('in sentences of documents and of the service exists', async () => {
    const uses: [string, string][] = [];
    for (const file of await findFiles('*.md', 'docs/**/*.md', 'src/**/*.ts', '.env.example'))
      uses.push(...readInline(file, await readText(file)));
    expect(uses.length).toBeGreaterThan(100);
    expect(await judgeAll(uses)).toEqual([]);
  });

  it.each([
    ['tributary provider list', 'there is no command "provider"'],
    ['tributary project redirect add|change x', 'there is no command "project redirect change"'],
    ['npm run --silent tributary -- keys rotate --now', '"keys rotate" has no option --now'],
    ['npm run tribute', 'package.json has no script "tribute"'],
    ['npm publish', 'npm publish?'],
    ['tributary project redirect add|remove --project=$PROJECT https://x', undefined],
    ['tributary COMMAND', undefined],
  ])('would be told of otherwise: %s', async (use, mistake) => {
    expect(findUses(`cd / && A=$(${use}) # tributary remarks are none`)).toEqual([use]);
    expect(await judgeUse(use, scripts)).toBe(mistake);
  });
});
