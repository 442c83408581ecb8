import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCommand as runInThisProcess } from '../../src/main/command.ts';
import type { CommandLineParts } from '../../src/main/commandLine.ts';
import { watchProcess } from './canaryWatch.ts';

const root = join(import.meta.dirname, '../..');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line to its end in this process, with only the environment given and no terminal. */
export async function runCommand(
  words: readonly string[],
  environment: Record<string, string> = {},
  parts: Partial<CommandLineParts> = {},
): Promise<CommandResult> {
  const stdout = new Collected();
  const stderr = new Collected();
  const code = await runInThisProcess(words, { environment, stdout, stderr, ...parts });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

/** The command line as a process of its own: from the sources, or as it was built. */
export function startCommand(
  words: readonly string[],
  environment: Record<string, string>,
  program = join(root, 'src/main/command.ts'),
): ChildProcess {
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  watchProcess(child);
  return child;
}

/** Runs a command line to its end as a process of its own: what a shell sees, the exit code included. */
export async function spawnCommand(
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<CommandResult> {
  const child = startCommand(words, environment);
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    code,
    stdout: Buffer.concat(chunks.stdout).toString(),
    stderr: Buffer.concat(chunks.stderr).toString(),
  };
}

/** A stream that keeps what is written; bytes are decoded at the end, so that no character is cut. */
class Collected extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
