import { runCommand } from '../harness/runCommand.ts';

/** What the help of a command says that can follow it. */
interface Help {
  readonly commands: ReadonlySet<string>;
  readonly options: ReadonlySet<string>;
}

const helps = new Map<string, Promise<Help>>();

function readHelp(words: readonly string[]): Promise<Help> {
  const name = words.join(' ');
  const known = helps.get(name) ?? askForHelp(words);
  helps.set(name, known);
  return known;
}

async function askForHelp(words: readonly string[]): Promise<Help> {
  const { stdout } = await runCommand([...words, '--help']);
  const [, options = ''] = /^Options:\n(.*?)(?:\n\n|$(?![\s\S]))/ms.exec(stdout) ?? [];
  const [, commands = ''] = /^Commands:\n(.*?)(?:\n\n|$(?![\s\S]))/ms.exec(stdout) ?? [];
  return {
    commands: new Set([...commands.matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1]!)),
    options: new Set(['-h', ...[...options.matchAll(/--[a-z-]+/g)].map(([name]) => name)]),
  };
}

/** A command line of ours, of npm, or neither, as a document writes it. */
const ours = /^(?:npm run (?:--silent )?tributary --|tributary) (.*)$/;

/**
 * Every use of `tributary` and of npm in shell text, one string each: quotes are kept, line breaks that are escaped
 * are joined, remarks are left out.
 */
export function findUses(shell: string): string[] {
  return shell
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split(/&&|\|\||[;&()]|\|(?![a-z])/))
    .map((part) => useIn(part.replace(/\s*[<>].*$/, '')))
    .filter((use) => use !== '');
}

/** From `npm run`, wherever it stands; from `tributary` or npm at the beginning, behind a prompt and assignments. */
function useIn(part: string): string {
  const run =
    /\b(npm run .*)$/.exec(part) ?? /^\s*(?:\$ )?(?:[A-Z_]+=\S* )*((?:tributary|npm) .*)$/.exec(part);
  return run?.[1]?.trim() ?? '';
}

/**
 * What is wrong with a use: a command, option or npm script that does not exist. `add|remove` is a use of each; a word
 * in capitals, or one that begins with a sign, stands for something that the reader puts in.
 */
export async function judgeUse(use: string, scripts: ReadonlySet<string>): Promise<string | undefined> {
  const [, line] = ours.exec(use) ?? [];
  if (line === undefined) return judgeNpm(use, scripts);
  const words = line.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  let paths: string[][] = [[]];
  for (const word of words) {
    const [help] = await Promise.all(paths.map(readHelp));
    if (help!.commands.size === 0) break;
    if (word.startsWith('--')) continue;
    if (!/^[a-z]/.test(word)) return undefined;
    const names = word.split('|');
    for (const name of names)
      for (const path of paths)
        if (!(await readHelp(path)).commands.has(name))
          return `there is no command "${[...path, name].join(' ')}"`;
    paths = paths.flatMap((path) => names.map((name) => [...path, name]));
  }
  for (const path of paths)
    for (const word of words.filter((one) => /^--[a-z]/.test(one))) {
      const name = word.split('=', 1)[0]!;
      if (!(await readHelp(path)).options.has(name)) return `"${path.join(' ')}" has no option ${name}`;
    }
  return undefined;
}

function judgeNpm(use: string, scripts: ReadonlySet<string>): string | undefined {
  const [, verb = '', script = ''] = /^npm (\S+)(?: (?:--silent )?([a-z:]+))?/.exec(use) ?? [];
  if (verb !== 'run') return /^(ci|start|test|exec|rebuild|install)$/.test(verb) ? undefined : `npm ${verb}?`;
  return scripts.has(script) ? undefined : `package.json has no script "${script}"`;
}
