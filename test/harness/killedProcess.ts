import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';
import { runRevocations } from '../../src/accounts/runRevocations.ts';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { Credentials } from '../../src/definitions/credentials.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import type { FindDoor } from '../../src/oauth/providerDoor.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { openDatabase, type DatabaseTarget } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { startTestService } from './testService.ts';
import { createTestVault } from './testVault.ts';
import type { World } from './worlds.ts';

/** What the process is for: it answers requests, or gives grants back, as a clock so many minutes ahead says. */
type Task = { readonly serve: true } | { readonly revokeInMinutes: number };

/** What the process is told, as JSON in its one argument. */
interface Setting {
  readonly target: DatabaseTarget;
  readonly definition: NamedDefinition;
  readonly clientID: string;
  readonly clientSecret: string | undefined;
  readonly task: Task;
}

/** A call to the provider that the process has made. Whoever lets it through decides when the process dies. */
export interface RelayedCall {
  readonly request: ProviderRequest;
  /** Has the provider act, and gives what it answers. */
  readonly act: () => Promise<ProviderAnswer>;
}

/** A process of the service's own, made to be killed. The providers live elsewhere and outlive it. */
export interface KilledProcess {
  readonly child: ChildProcess;
  /** Where it answers; 0 for one that does not. */
  readonly port: number;
  /** SIGKILL, and waits for the end. */
  readonly kill: () => Promise<void>;
}

/**
 * Starts a process with the device of a world. Each of its calls to the provider goes through `relay`, which answers.
 *
 * @param cache folder for compiled modules, so that the next one starts in half the time
 */
export async function startKilledProcess(
  { world, slug, cache }: { readonly world: World; readonly slug: string; readonly cache: string },
  task: Task,
  relay: (call: RelayedCall) => Promise<ProviderAnswer>,
): Promise<KilledProcess> {
  const { target, catalogue, findDoor } = world;
  const credentials = catalogue.credentials.get(slug);
  const setting = {
    target,
    task,
    definition: catalogue.definitions.get(slug),
    clientID: credentials?.clientID,
    clientSecret: credentials?.clientSecret?.reveal(),
  };
  const child = spawn(process.execPath, [import.meta.filename, JSON.stringify(setting)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  const exited = once(child, 'exit');
  const ready = Promise.withResolvers<number>();
  child.once('exit', (code) => ready.reject(new Error(`The process ended before it was ready: ${code}`)));
  child.on('message', (message: Message) => {
    if ('port' in message) {
      ready.resolve(message.port);
      return;
    }
    const { id, request } = message;
    void relay({ request, act: () => findDoor(slug).fetch(request) }).then((answer) => {
      // A process that was killed meanwhile hears nothing.
      if (child.connected) child.send({ id, answer }, () => undefined);
    });
  });
  return {
    child,
    port: await ready.promise,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

type Message = { readonly port: number } | { readonly id: number; readonly request: ProviderRequest };

/** Asks whoever has started this process to make the calls. */
function createRelayedDoor(): FindDoor {
  const waiting = new Map<number, (answer: ProviderAnswer) => void>();
  process.on('message', ({ id, answer }: { id: number; answer: ProviderAnswer }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let count = 0;
  const ask = (request: ProviderRequest) =>
    new Promise<ProviderAnswer>((resolve) => {
      const id = ++count;
      waiting.set(id, resolve);
      process.send?.({ id, request });
    });
  const fetch = Object.assign(ask, { close: () => Promise.resolve() });
  return () => ({ fetch, browserUrl: (url) => url });
}

if (process.argv[1] === import.meta.filename) {
  const { target, definition, clientID, clientSecret, task } = JSON.parse(process.argv[2] ?? '') as Setting;
  const { slug } = definition;
  const credentials: Credentials = {
    clientID,
    settings: {},
    ...(clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) }),
  };
  const catalogue = {
    definitions: new Map([[slug, definition]]),
    credentials: new Map([[slug, credentials]]),
  };
  const database = openDatabase({ target, poolSizeMax: 8, applicationName: 'killed' });
  const findDoor = createRelayedDoor();
  if ('serve' in task) {
    const { app } = await startTestService(database, { catalogue, findDoor });
    await app.listen({ port: 0, host: '127.0.0.1' });
    flushCompileCache();
    process.send?.({ port: (app.server.address() as AddressInfo).port });
  } else {
    const log = createLogger('error');
    const clock = { ...systemClock, now: () => systemClock.now() + task.revokeInMinutes * 60_000 };
    const findServer = createServerFinder({ database, clock, log });
    flushCompileCache();
    process.send?.({ port: 0 });
    const parts = { database, catalogue, clock, findDoor, findServer, vault: createTestVault(database), log };
    while ((await runRevocations(parts)) > 0);
  }
}
