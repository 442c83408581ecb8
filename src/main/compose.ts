import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createAdmission } from '../access/admit.ts';
import type { Catalogue } from '../definitions/catalogue.ts';
import type { FindDoor } from '../oauth/providerDoor.ts';
import { createProviderSearch } from '../catalogue/providerSearch.ts';
import { createExportGate } from '../exports/exportGate.ts';
import { createExportRoutes } from '../exports/exportRoutes.ts';
import { buildHttp } from '../platform/http/buildHttp.ts';
import type { RouteDefinition, Services } from '../platform/http/defineRoute.ts';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Random } from '../platform/random/random.ts';
import type { Vault } from '../platform/sealing/vault.ts';
import type { Database } from '../platform/storage/database.ts';
import { isSchemaCurrent, readMigrations } from '../platform/storage/migrate.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Config } from './config.ts';
import { createProbes } from './probes.ts';

const sourceFolder = join(import.meta.dirname, '..');

/** `migrations/` lies beside `src/` in a checkout and beside `dist/` in a release. */
export const migrationsFolder = join(sourceFolder, '../migrations');

export interface Parts {
  readonly config: Config;
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly isStopping?: () => boolean;
  readonly onAnswered?: (operation: string, status: number, durationMs: number) => void;
}

/**
 * The whole service as one HTTP application that is ready to listen. Everything it depends on is an argument,
 * so that tests run the same composition with their own database, clock and chance.
 */
export async function compose(parts: Parts): Promise<FastifyInstance> {
  const { config, database, catalogue, clock, random, log, publicUrl } = parts;
  const migrations = await readMigrations(migrationsFolder);
  const services: Services = {
    database,
    clock,
    random,
    log,
    publicUrl,
    catalogue,
    findDoor: parts.findDoor,
    vault: parts.vault,
    providerSearch: createProviderSearch({ database, clock }),
    settings: {
      tokenLifetimeS: config.TRIBUTARY_SERVICE_TOKEN_LIFETIME_S,
      participantTokenLifetimeS: config.TRIBUTARY_PARTICIPANT_TOKEN_LIFETIME_S,
      tokenAudiences: config.TRIBUTARY_TOKEN_AUDIENCES,
      exportStallTimeoutMs: config.TRIBUTARY_EXPORT_STALL_TIMEOUT_MS,
    },
  };
  const probes = createProbes({
    isStopping: parts.isStopping ?? (() => false),
    isSchemaCurrent: () => isSchemaCurrent(database, migrations),
  });
  const app = buildHttp({
    services,
    routes: [...probes, ...(await findRoutes(createExportGate(config.TRIBUTARY_EXPORTS_AT_ONCE)))],
    admit: createAdmission({
      database,
      clock,
      log,
      limits: {
        administrative: config.TRIBUTARY_RATE_LIMIT_ADMINISTRATIVE,
        delegated: config.TRIBUTARY_RATE_LIMIT_DELEGATED,
        address: config.TRIBUTARY_RATE_LIMIT_ADDRESS,
      },
    }),
    trustedProxies: config.TRIBUTARY_TRUSTED_PROXIES,
    ...(parts.onAnswered === undefined ? {} : { onAnswered: parts.onAnswered }),
  });
  app.addHook('onListen', (done) => {
    // The first participant need not wait for the catalogue; a failure now is found out by her search.
    services.providerSearch.find({ offset: 0, limit: 1 }).catch(() => undefined);
    done();
  });
  return app;
}

/**
 * Every route of every capability: one file in a `routes/` folder each, named after its operation, and one for each
 * export. Without a gate no export passes, for whoever only describes them.
 */
export async function findRoutes(exportGate = createExportGate(0)): Promise<RouteDefinition[]> {
  const capabilities = (await readdir(sourceFolder)).sort();
  const loaded = await Promise.all(
    capabilities.map((folder) => loadFolder(join(sourceFolder, folder, 'routes'), 'route')),
  );
  const inFiles = loaded.flat().map(({ name, value }) => {
    const route = value as RouteDefinition;
    if (name !== route.operationID)
      throw new Error(`routes/${name} defines ${route.operationID}: the names differ`);
    return route;
  });
  return [...inFiles, ...createExportRoutes(exportGate)];
}
