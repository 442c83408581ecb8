import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A shell in which the blocks of a document are typed one after the other, as a reader types them. */
export interface Terminal {
  /** Runs a block to its end and gives what it printed, errors included. @throws when a command of it fails */
  run(commands: string): Promise<string>;
  /** Begins a block that ends with Ctrl-C, and gives what it printed once that holds `said`. */
  start(commands: string, said: RegExp): Promise<string>;
  /** Ctrl-C for what was started, and the end. */
  close(): Promise<void>;
}

export interface TerminalParts {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Functions that stand before programs of the machine. */
  readonly functions?: string;
}

/**
 * What a reader does not type: a block stops at its first failure, an answer of status 400 or more is one, and packages
 * are there already.
 */
const prelude = `
set -eo pipefail
curl() { command curl --fail --show-error "$@"; }
npm() { if [ "$1" != ci ]; then command npm "$@"; fi; }
`;
const endMark = '-- the end of the block --';

export function openTerminal({ directory, environment, functions = '' }: TerminalParts): Terminal {
  const begin = (words: readonly string[]) =>
    spawn('bash', ['--noprofile', '--norc', ...words], {
      cwd: directory,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, which Ctrl-C reaches as a whole.
      detached: true,
    });
  const started: ChildProcess[] = [];
  const shell = begin([]);
  let blocks = 0;
  shell.stdin.write(`exec 2>&1\n${prelude}${functions}\n`);

  return {
    run: async (commands) => {
      const file = join(directory, `.block-${++blocks}`);
      await writeFile(file, commands);
      const printed = collectUntil(shell, new RegExp(`${endMark}\n`));
      shell.stdin.write(`source ${file} </dev/null\necho '${endMark}'\n`);
      return (await printed).replace(`${endMark}\n`, '');
    },
    start: async (commands, said) => {
      const process = begin(['-c', `exec 2>&1\n${prelude}${functions}\n${commands}`]);
      started.push(process);
      return collectUntil(process, said);
    },
    close: async () => {
      shell.stdin.end();
      for (const child of started) await interrupt(child);
      if (shell.exitCode === null) await once(shell, 'exit');
    },
  };
}

/** What a process prints from now on, up to and with what is waited for. */
function collectUntil(child: ChildProcess, said: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const stop = () => {
      child.stdout?.off('data', read);
      child.off('close', fail);
    };
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      if (!said.test(printed)) return;
      stop();
      resolve(printed);
    };
    const fail = () => {
      stop();
      reject(new Error(`a command of the block failed:\n${printed}`));
    };
    child.stdout?.on('data', read);
    child.once('close', fail);
  });
}

async function interrupt(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGINT');
  await exited;
}
