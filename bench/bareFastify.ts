import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server of nothing but Fastify that answers each request with the same bytes, as a process of its own. */
export async function startBareFastify(body: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bare-'));
  const file = join(folder, 'body.json');
  await writeFile(file, body);
  const child = spawn('node', [import.meta.filename, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
    child.once('exit', (code) => reject(new Error(`The bare server ended with ${code}`)));
  });
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(file: string): Promise<void> {
  const { fastify } = await import('fastify');
  const body = await readFile(file, 'utf8');
  const app = fastify();
  app.get('/', (_request, reply) => reply.type('application/json; charset=utf-8').send(body));
  console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
}

if (process.argv[1] === import.meta.filename && process.argv[2] !== undefined) await serve(process.argv[2]);
