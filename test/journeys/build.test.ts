import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcess, startServiceProcess, type ServiceProcess } from '../harness/serviceProcess.ts';

const root = join(import.meta.dirname, '../..');

describe('what npm run build makes', () => {
  let release: string;
  let service: ServiceProcess;
  beforeAll(async () => {
    release = await mkdtemp(join(tmpdir(), 'tributary-release-'));
    await promisify(execFile)('npm', ['run', 'build', '--', join(release, 'dist')], { cwd: root });
    // Beside it, what a package has beside it.
    for (const name of ['package.json', 'node_modules', 'migrations', 'openapi.json'])
      await symlink(join(root, name), join(release, name));
    service = await startServiceProcess(
      ['--with-sample'],
      { TRIBUTARY_DATA_DIR: join(release, 'var') },
      join(release, 'dist/main/command.js'),
    );
  }, 180_000);
  afterAll(async () => {
    await endProcess(service.child, 'SIGTERM');
    await rm(release, { recursive: true, force: true });
  });

  it.each([
    ['url', '/connect/start.js', 'connect/pages/assets/start.js'],
    ['url', '/connect/fragment.js', 'connect/pages/assets/fragment.js'],
    ['url', '/connect/style.css', 'connect/pages/assets/style.css'],
    ['url', '/Content/Loading.css', 'connect/pages/assets/loading.css'],
    ['studyPage', '/', 'main/rehearsal/assets/index.html'],
    ['studyPage', '/page.js', 'main/rehearsal/assets/page.js'],
    ['studyPage', '/style.css', 'main/rehearsal/assets/style.css'],
  ] as const)(
    'serves browsers at its %s %s as the sources have it, to the byte',
    async (site, path, asset) => {
      const answer = await fetch(new URL(path, service[site]));
      expect(await answer.text()).toBe(await readAsset(asset));
      const type = { js: 'javascript', css: 'css', html: 'html' }[asset.split('.')[1]!]!;
      expect(answer.headers.get('content-type')).toBe(`text/${type}; charset=utf-8`);
    },
  );

  it('has the looks of the sandbox’s pages in them', async () => {
    const page = await (await fetch(service.sandbox!)).text();
    expect(page).toContain(await readAsset('sandbox/pages/assets/style.css'));
  });
});

const readAsset = (path: string) => readFile(join(root, 'src', path), 'utf8');
