import { createProviderFetch } from '../src/platform/outbound/providerFetch.ts';
import { createLogger } from '../src/platform/log/logger.ts';
import { systemRandom } from '../src/platform/random/random.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { createSandboxDoor } from '../src/oauth/providerDoor.ts';
import { readConfiguration } from '../src/main/readConfiguration.ts';
import { serve } from '../src/main/serve.ts';

/**
 * The service as a process of its own whose providers are a sandbox in another one (argument: its origin), so that the
 * figures are the service's. Prints its address.
 */
const [origin = ''] = process.argv.slice(2);
const { config, catalogue } = await readConfiguration(process.env);
const fetch = createProviderFetch({ plainOrigin: origin });
const service = await serve({
  config,
  catalogue,
  clock: systemClock,
  random: systemRandom,
  log: createLogger(config.TRIBUTARY_LOG_LEVEL),
  findDoor: (slug) => createSandboxDoor(fetch, origin, slug),
});
process.stdout.write(`${service.url}\n`);
process.on('SIGTERM', () => {
  void service
    .stop('SIGTERM')
    .then(() => fetch.close())
    .then(() => process.exit(0));
});
