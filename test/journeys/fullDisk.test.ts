// On one PostgreSQL: disks are what it is about.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi, type TestContext } from 'vitest';
import { runCommand, type CommandResult } from '../harness/runCommand.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { endProcess } from '../harness/serviceProcess.ts';
import { testMasterKeys } from '../harness/testVault.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

const root = join(import.meta.dirname, '../..');
const command = join(root, 'src/main/command.ts');
const port = 20_000 + (process.pid % 20_000);
let test: TestDatabase;
let study: Study;
let place: string;
beforeAll(async () => {
  test = await createTestDatabase();
  study = await createStudy(test.database);
  place = await mkdtemp(join(tmpdir(), 'tributary-full-'));
});
afterEach(() => void spawnSync('umount', [place]));
afterAll(() => rm(place, { recursive: true, force: true }));

/** A disk of this many megabytes, which only root can make, and not in every container. */
function mountDisk(context: TestContext, megabytes: number, ...options: string[]): void {
  const words = [...options, `size=${megabytes}m,mode=755`].join(',');
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', words, 'tmpfs', place]).status === 0;
  if (!isMounted) context.skip('nobody may mount a small disk here');
}

function expectSentence({ code, stderr }: CommandResult, sentence: RegExp): void {
  expect(code, stderr).toBe(1);
  expect(stderr).toMatch(sentence);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
}

/** Runs it as a process whose standard output is a disk without room. */
function writeToFullDisk(...words: string[]): CommandResult {
  const shell = ['-c', 'exec "$0" "$@" > /dev/full', process.execPath, command, ...words];
  const { status, stderr } = spawnSync('sh', shell, {
    env: { PATH: process.env.PATH, TRIBUTARY_DATABASE_URL: urlOf(test.target) },
    encoding: 'utf8',
  });
  return { code: status, stdout: '', stderr };
}

describe('a disk without room', () => {
  it('is named when a database is made on it, started or asked; with room all is as it was', async (context) => {
    mountDisk(context, 30);
    const environment = { TRIBUTARY_DATA_DIR: join(place, 'var') };
    const full = /^error: The disk that holds .*\/var\/.* is full: make room there, or .*TRIBUTARY_DATA_DIR/;
    expectSentence(await runCommand(['project', 'list'], environment), full);

    mountDisk(context, 110, 'remount');
    const created = await runCommand(['project', 'create', '--name', 'Meadow'], environment);
    expect(created.code, created.stderr).toBe(0);
    const filler = join(place, 'filler');
    // Once not even the lock can be had, and once the lock and not the server.
    for (const left of [0, 24 * 1024]) {
      const { bavail, bsize } = await statfs(place);
      await writeFile(filler, Buffer.alloc(bavail * bsize - left));
      expectSentence(await runCommand(['project', 'list'], environment), full);
      await rm(filler);
    }
    const listed = await runCommand(['project', 'list'], environment);
    expect(listed.stdout, listed.stderr).toContain('Meadow');
  }, 60_000);

  it('is named when an export does not fit on it, of which nothing is left', async (context) => {
    mountDisk(context, 1);
    const { bavail, bsize } = await statfs(place);
    await writeFile(join(place, 'filler'), Buffer.alloc(bavail * bsize));
    const output = join(place, 'scopes.csv');
    const words = ['export', 'data-scopes', '--project', study.projectID, '--output', output];
    expectSentence(await runCommand(words, { TRIBUTARY_DATABASE_URL: urlOf(test.target) }), /disk is full/);
    expect(spawnSync('ls', [place], { encoding: 'utf8' }).stdout).toBe('filler\n');
  });

  it('is named when a result does not fit on it, whichever command it is', () => {
    const { projectID } = study;
    for (const words of [
      ['accounts', 'list', '--project', projectID, '--json'],
      ['export', 'data-scopes', '--project', projectID],
    ])
      expectSentence(writeToFullDisk(...words), /disk is full/);
  }, 60_000);

  it('does not end a service whose log lies on it', async () => {
    const program = `
      import { createLogger, defineEvent } from ${JSON.stringify(join(root, 'src/platform/log/logger.ts'))};
      const log = createLogger('info');
      const event = defineEvent('hello', 'info', 'text');
      for (let n = 0; n < 30_000; n++) log(event, { text: 'x'.repeat(10_000) });
      console.log('goes on', process.memoryUsage().heapUsed < 200e6);`;
    const shell = [
      '-c',
      'exec "$0" "$@" 2> /dev/full',
      process.execPath,
      '--input-type=module',
      '-e',
      program,
    ];
    const { status, stdout } = spawnSync('sh', shell, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'goes on true\n' });

    const child = spawn('sh', ['-c', 'exec "$0" "$@" 2> /dev/full', process.execPath, command, 'serve'], {
      env: {
        PATH: process.env.PATH,
        TRIBUTARY_DATABASE_URL: urlOf(test.target),
        TRIBUTARY_MASTER_KEYS: testMasterKeys,
        TRIBUTARY_DATA_DIR: place,
        TRIBUTARY_PORT: String(port),
      },
      stdio: 'ignore',
    });
    await vi.waitFor(async () => {
      expect(child.exitCode).toBeNull();
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    }, 30_000);
    // Answered once more after a request was logged, in vain.
    expect((await fetch(`http://127.0.0.1:${port}/nowhere`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    expect(await endProcess(child, 'SIGTERM')).toBe(0);
  }, 60_000);
});
