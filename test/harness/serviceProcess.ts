import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startCommand } from './runCommand.ts';

/** A running service: the process, and what it printed. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly studyPage?: string;
  readonly sandbox?: string;
  readonly projectID?: string;
  readonly keyFile?: string;
  readonly serviceAccount?: string;
  /** Standard error so far. */
  readonly log: () => string;
}

/** Runs `serve --json` as a process of its own, on a free port unless the environment names one. */
export async function startServiceProcess(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  program?: string,
): Promise<ServiceProcess> {
  const child = startCommand(['serve', '--json', ...words], { TRIBUTARY_PORT: '0', ...environment }, program);
  let stdout = '';
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const told = await new Promise<Omit<ServiceProcess, 'child' | 'log'>>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.trimEnd().endsWith('}')) resolve(JSON.parse(stdout) as ServiceProcess);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  return { child, ...told, log: () => stderr };
}

/** Ends a process and gives its exit code. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exited) as [number | null];
  return code;
}
