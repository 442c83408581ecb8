import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Catalogue } from '../definitions/catalogue.ts';
import { createServerFinder } from '../oauth/authorizationServer.ts';
import type { FindDoor } from '../oauth/providerDoor.ts';
import { refuseWrongKeys } from '../keys/judgeKeys.ts';
import { openKeySource } from '../keys/keySource.ts';
import { openVault, type OpenVault } from '../keys/openVault.ts';
import { defineEvent, type Logger } from '../platform/log/logger.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { Random } from '../platform/random/random.ts';
import type { Database } from '../platform/storage/database.ts';
import { readServerVersion, type PostgresVersion } from '../platform/storage/serverVersion.ts';
import type { Clock } from '../platform/time/clock.ts';
import { startChores } from './chores.ts';
import { compose } from './compose.ts';
import { resolvePublicUrl, type Config } from './config.ts';
import { readKeySettings } from './keys/readKeySettings.ts';
import { createMetrics } from './metrics.ts';
import { openInstallation, type Installation } from './openInstallation.ts';
import { prepareDatabase } from './prepareDatabase.ts';
import { tellDatabaseState } from './tellDatabaseState.ts';

const started = defineEvent(
  'service-started',
  'info',
  'port',
  'metricsPort',
  'migrationsApplied',
  'postgres',
);
const stopping = defineEvent('service-stopping', 'info', 'reason');
const stopped = defineEvent('service-stopped', 'info', 'requestsCutOff');

/** Requests have had their time by then; a statement that still runs belongs to one that was cut off. */
const databasePatienceMs = 1_000;

interface ServeOptions {
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly onProgress?: (message: string) => void;
  /** Work on the database that has to be done before anybody is answered. */
  readonly beforeListening?: (database: Database) => Promise<void>;
}

/** A service that answers, until it is stopped or fails. */
export interface RunningService {
  readonly url: string;
  readonly postgres: PostgresVersion;
  readonly installation: Installation;
  /** Resolves with the reason when the service can no longer work. */
  readonly failed: Promise<string>;
  /** Lets requests in flight finish within the configured time, then closes everything, the database last. */
  stop(reason: string): Promise<void>;
}

/** Opens the database, brings it to this release's schema, and listens. */
export async function serve(options: ServeOptions): Promise<RunningService> {
  const { config, catalogue, findDoor, clock, random, log } = options;
  const source = await openKeySource(readKeySettings(config), random);
  const installation = await openInstallation(
    omitUndefined({
      config,
      clock,
      purpose: 'tributary serve',
      as: 'owner',
      onDatabaseState: tellDatabaseState(log),
      onProgress: options.onProgress,
    }),
  );
  const { database } = installation;
  let opened: OpenVault | undefined;
  try {
    // Wrong keys are found out before anything is written.
    await refuseWrongKeys(database, source);
    const postgres = await readServerVersion(database);
    const applied = await prepareDatabase(database, catalogue, clock);
    await options.beforeListening?.(database);
    opened = await openVault({ database, source, clock, random, log });
    const { vault } = opened;
    const port =
      config.TRIBUTARY_PORT === 0 ? await findFreePort(config.TRIBUTARY_HOST) : config.TRIBUTARY_PORT;
    const publicUrl = resolvePublicUrl(config, port);
    const metrics = createMetrics(database, clock);
    let isStopping = false;
    const findServer = createServerFinder({ database, clock, log });
    const app = await compose({
      config,
      database,
      catalogue,
      findDoor,
      findServer,
      vault,
      clock,
      random,
      log,
      publicUrl,
      isStopping: () => isStopping,
      onAnswered: metrics.requestAnswered,
    });
    // First what may fail: once the port is open, somebody may be counting on the service.
    const metricsServer =
      config.TRIBUTARY_METRICS_PORT === 0
        ? undefined
        : await metrics.listen(config.TRIBUTARY_HOST, config.TRIBUTARY_METRICS_PORT);
    await app.listen({ host: config.TRIBUTARY_HOST, port }).catch(async (error: unknown) => {
      await metricsServer?.close();
      throw error;
    });
    const endChores = startChores({ database, catalogue, findDoor, findServer, vault, clock, log });
    log(started, {
      port,
      metricsPort: metricsServer?.port,
      migrationsApplied: applied.length,
      postgres: postgres.version,
    });

    return {
      url: publicUrl,
      postgres,
      installation,
      failed: installation.lost,
      stop: async (reason) => {
        if (isStopping) return;
        isStopping = true;
        log(stopping, { reason });
        const choresEnded = endChores();
        const waiting = new AbortController();
        let inTime = true;
        const cutOff = clock.sleep(config.TRIBUTARY_SHUTDOWN_TIMEOUT_MS, waiting.signal).then(
          () => {
            inTime = false;
            app.server.closeAllConnections();
          },
          () => undefined,
        );
        await app.close();
        const requestsCutOff = !inTime;
        // A provider that is being asked has the rest of the time; what it did not answer is asked again later.
        await Promise.race([choresEnded, cutOff]);
        // Ends the wait too: its timer would keep the process alive.
        waiting.abort();
        await cutOff;
        await metricsServer?.close();
        await opened?.close();
        await installation.close(databasePatienceMs);
        log(stopped, { requestsCutOff });
      },
    };
  } catch (error) {
    await opened?.close();
    await installation.close();
    throw error;
  }
}

async function findFreePort(host: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, host, resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
