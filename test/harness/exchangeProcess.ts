import type { AddressInfo } from 'node:net';
import { openCatalogue } from '../../src/main/openCatalogue.ts';
import { createSandboxDoor } from '../../src/oauth/providerDoor.ts';
import { createProviderFetch } from '../../src/platform/outbound/providerFetch.ts';
import { createSeededRandom } from '../../src/platform/random/seededRandom.ts';
import { openDatabase, type DatabaseTarget } from '../../src/platform/storage/database.ts';
import { createSandboxCredentials } from '../../src/sandbox/sandboxCredentials.ts';
import { withSandbox } from '../../src/sandbox/sandboxCatalogue.ts';
import { startTestService } from './testService.ts';

/** What the process is told, as JSON in its one argument. */
export interface ExchangeSetting {
  readonly target: DatabaseTarget;
  /** Of the sandbox, which lives elsewhere and outlives the process. */
  readonly origin: string;
  /** Of the credentials that the sandbox expects. */
  readonly seed: string;
}

/** The catalogue of a sandbox, the same in every process that knows the seed. */
export async function openSeededCatalogue(seed: string) {
  const plain = await openCatalogue({});
  return withSandbox(plain, createSandboxCredentials(plain.definitions, createSeededRandom(seed)));
}

// The service as a process of its own, made to be killed: it prints its port and answers until then.
if (process.argv[1] === import.meta.filename) {
  const { target, origin, seed } = JSON.parse(process.argv[2] ?? '') as ExchangeSetting;
  const { catalogue } = await openSeededCatalogue(seed);
  const fetch = createProviderFetch({ plainOrigin: origin });
  const database = openDatabase({ target, poolSizeMax: 8, applicationName: 'exchange' });
  const { app } = await startTestService(database, {
    catalogue,
    findDoor: (slug) => createSandboxDoor(fetch, origin, slug),
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.stdout.write(`${(app.server.address() as AddressInfo).port}\n`);
}
