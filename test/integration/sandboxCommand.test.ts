import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { startCommand, runCommand } from '../harness/runCommand.ts';
import { dig } from '../harness/sandboxClient.ts';

const running: ReturnType<typeof startCommand>[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Starts it and waits until it has said this. */
async function start(words: readonly string[], until: string) {
  const child = startCommand(['sandbox', '--port', '0', ...words], {});
  running.push(child);
  let said = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString();
    if (said.includes(until)) break;
  }
  return { child, said };
}

describe('tributary sandbox', () => {
  it('plays all providers until it is told to stop, and says how to use it', async () => {
    const { child, said } = await start([], 'Ctrl-C');
    const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    expect(said).toContain('/control/ledger?slug=');
    // What it prints is what works.
    for (const [command = ''] of said.matchAll(/^ {2}curl .*$/gm)) {
      const method = /-X (\w+)/.exec(command)?.[1] ?? 'GET';
      const body = / -d '([^']*)'/.exec(command)?.[1];
      const address = /(http:\/\/[^\s']+)'?$/.exec(command)?.[1] ?? '';
      const reply = await fetch(address, { method, ...(body !== undefined && { body }) });
      expect([command, reply.status]).toEqual([command, 200]);
    }
    expect((await fetch(origin)).status).toBe(200);
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });

  it('plays those that are named, and prints JSON', async () => {
    const { said } = await start(['--json', '--for', 'oura', 'epic'], '\n}\n');
    const told = JSON.parse(said) as { origin: string };
    expect((dig(told, 'providers') as { slug: string }[]).map(({ slug }) => slug)).toEqual(['epic', 'oura']);
    expect((await fetch(`${told.origin}/strava/www.strava.com/oauth/authorize`)).status).toBe(404);
    expect((await fetch(`${told.origin}/oura/cloud.ouraring.com/oauth/authorize`)).status).toBe(400);
  });

  it('says whom it cannot play, and that a port is taken', async () => {
    const unknown = await runCommand(['sandbox', '--for', 'oura', 'libreView', 'nobody']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('No provider that can be played is called libreView or nobody');
    const { said } = await start(['--json', '--for', 'oura'], '\n}\n');
    const { port } = new URL((JSON.parse(said) as { origin: string }).origin);
    const taken = await runCommand(['sandbox', '--port', port, '--for', 'oura']);
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('is taken by another process')]);
  });
});
