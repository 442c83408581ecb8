import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const programs = '/usr/lib/postgresql/15/bin';
const pgbouncer = process.env['TRIBUTARY_TEST_PGBOUNCER'] ?? '/usr/sbin/pgbouncer';

/** Whether this machine has what {@link startPooledServer} runs: Debian's PostgreSQL 15 and PgBouncer. */
export const hasPooler = existsSync(pgbouncer) && existsSync(programs);

/** Whether it keeps named statements for its clients in transaction mode: PgBouncer does since 1.21, and 1.18 not. */
export function keepsNamedStatements(): boolean {
  const { stdout } = spawnSync(pgbouncer, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
}

/** A PostgreSQL whose dates are written the German way, and PgBouncer in two modes before it. */
export interface PooledServer {
  readonly session: string;
  readonly transaction: string;
  stop(): Promise<void>;
}

export async function startPooledServer(): Promise<PooledServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-pooled-'));
  // Neither runs as root.
  const user = process.geteuid?.() === 0 ? findUser('postgres') : {};
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid ?? user.uid);
  await chmod(folder, 0o755);
  const cluster = join(folder, 'cluster');
  const port = await findFreePort();
  const run = (program: string, words: string[]) => {
    const { status } = spawnSync(join(programs, program), words, { ...user, cwd: folder, stdio: 'ignore' });
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
  };
  run('initdb', ['-D', cluster, '-U', 'tributary', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N']);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
  const foreign = '-c DateStyle=German -c TimeZone=Asia/Tokyo';
  run('pg_ctl', ['-D', cluster, '-w', '-l', `${cluster}.log`, '-o', `${settings} ${foreign}`, 'start']);
  const poolers = await Promise.all(
    (['session', 'transaction'] as const).map(async (mode) => {
      const at = await findFreePort();
      const file = join(folder, `${mode}.ini`);
      await writeFile(
        file,
        `[databases]\n* = host=127.0.0.1 port=${port} user=tributary\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=${at}\nauth_type=any\nunix_socket_dir=\npool_mode=${mode}\ndefault_pool_size=${mode === 'session' ? 20 : 3}\n${keepsNamedStatements() ? 'max_prepared_statements=200\n' : ''}`,
      );
      const child = spawn(pgbouncer, ['-q', file], { ...user, cwd: folder, stdio: 'ignore' });
      await waitForPort(at);
      return { child, mode, url: `postgresql://tributary@127.0.0.1:${at}/postgres` };
    }),
  );
  const urlOf = (wanted: string) => poolers.find(({ mode }) => mode === wanted)!.url;
  return {
    session: urlOf('session'),
    transaction: urlOf('transaction'),
    stop: async () => {
      for (const { child } of poolers) child.kill('SIGKILL');
      run('pg_ctl', ['-D', cluster, '-m', 'immediate', 'stop']);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function findUser(name: string): { readonly uid?: number; readonly gid?: number } {
  const read = (word: string) => Number(spawnSync('id', [word, name], { encoding: 'utf8' }).stdout);
  return userInfo().username === name ? {} : { uid: read('-u'), gid: read('-g') };
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function waitForPort(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('PgBouncer did not start');
}
