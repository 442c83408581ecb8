import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

let installed: string;
afterEach(() => rm(installed, { recursive: true, force: true }));

/** The program as npm installs it, in a package that needs this Node, with a command line that says its words. */
async function install(node: string): Promise<string> {
  installed = await mkdtemp(join(tmpdir(), 'tributary-installed-'));
  await cp(join(import.meta.dirname, '../../bin'), join(installed, 'bin'), { recursive: true });
  await mkdir(join(installed, 'dist/main'), { recursive: true });
  await writeFile(join(installed, 'package.json'), JSON.stringify({ type: 'module', engines: { node } }));
  await writeFile(
    join(installed, 'dist/main/command.js'),
    `export const runProcess = async () => console.log(process.argv.slice(2).join());`,
  );
  return join(installed, 'bin/tributary.js');
}

const run = (program: string) => spawnSync(process.execPath, [program, 'a', '--b'], { encoding: 'utf8' });

describe('the installed program', () => {
  it('says in one sentence which Node it needs, when it is run by an older one', async () => {
    const { status, stdout, stderr } = run(await install('>=99.1'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: tributary needs Node 99\.1 or newer, and this is \d+\.\d+\.\d+: .+\.\n$/);
  });

  it.each(['>=22.19', `>=${process.versions.node}`, '>=4'])('runs on a Node that is %s', async (node) => {
    const { status, stdout, stderr } = run(await install(node));
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'a,--b\n', stderr: '' });
  });
});
