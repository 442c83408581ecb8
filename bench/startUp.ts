import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from './machine.ts';

/** Seconds from `npm start` to the printed address: on an empty data directory, again, and after kill -9. */
export async function measureStartUp(): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'tributary-start-'));
  try {
    const first = await startOnce(directory, 'SIGTERM');
    const second = await startOnce(directory, 'SIGKILL');
    const killed = await startOnce(directory, 'SIGTERM');
    return [
      { what: 'npm start, first (makes the sample study)', figure: `${first.toFixed(1)} s`, aim: '< 60 s' },
      { what: 'npm start, second', figure: `${second.toFixed(1)} s`, aim: '< 5 s' },
      { what: 'npm start, after kill -9', figure: `${killed.toFixed(1)} s`, aim: '< 5 s' },
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function startOnce(directory: string, end: 'SIGTERM' | 'SIGKILL'): Promise<number> {
  const began = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: join(import.meta.dirname, '..'),
    // A group of its own: a signal to npm alone would leave the service running.
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TRIBUTARY_DATA_DIR: directory,
      TRIBUTARY_PORT: '0',
    },
  });
  const seconds = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Ctrl-C')) resolve((performance.now() - began) / 1000);
    });
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}`)));
  });
  process.kill(-child.pid!, end);
  while (groupLives(child.pid!)) await new Promise((resolve) => setTimeout(resolve, 50));
  return seconds;
}

function groupLives(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}
