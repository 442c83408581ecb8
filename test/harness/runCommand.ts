import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a process of its own, with only the environment given and no terminal. */
export function startCommand(words: readonly string[], environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(root, 'src/main/command.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
}

/** Runs a command to its end. */
export async function runCommand(
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<CommandResult> {
  const child = startCommand(words, environment);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
