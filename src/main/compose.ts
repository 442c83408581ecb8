import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { AccessParts } from '../access/accessParts.ts';
import { createAdmission } from '../access/admit.ts';
import type { AccountParts } from '../accounts/accountParts.ts';
import { createPageBookmarks } from '../accounts/pageBookmarks.ts';
import type { CatalogueParts } from '../catalogue/catalogueParts.ts';
import { createKnownProviders } from '../catalogue/knownProviders.ts';
import { isOpenToAll } from '../catalogue/offerFacts.ts';
import { createProviderSearch } from '../catalogue/providerSearch.ts';
import type { ConnectParts } from '../connect/connectParts.ts';
import type { Catalogue } from '../definitions/catalogue.ts';
import { createExportGate } from '../exports/exportGate.ts';
import type { ExportParts } from '../exports/exportParts.ts';
import { exportRoutes } from '../exports/exportRoutes.ts';
import type { FindServer } from '../oauth/authorizationServer.ts';
import { publishKeys } from '../oauth/clientKeys.ts';
import type { OAuthParts } from '../oauth/oauthParts.ts';
import type { FindDoor } from '../oauth/providerDoor.ts';
import { buildHttp } from '../platform/http/buildHttp.ts';
import { bindRoute, type BoundRoute, type Route } from '../platform/http/defineRoute.ts';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import type { Logger } from '../platform/log/logger.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { Random } from '../platform/random/random.ts';
import type { Vault } from '../platform/sealing/vault.ts';
import type { Database } from '../platform/storage/database.ts';
import { createInstallationKeys } from '../platform/storage/installationKey.ts';
import { isSchemaCurrent, isWritable, readMigrations } from '../platform/storage/migrate.ts';
import { readServerVersion } from '../platform/storage/serverVersion.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Config } from './config.ts';
import { createProbes } from './probes.ts';

const sourceFolder = join(import.meta.dirname, '..');

/** `migrations/` lies beside `src/` in a checkout and beside `dist/` in a release. */
export const migrationsFolder = join(sourceFolder, '../migrations');

/** What the service is made of; everything that differs between production, a test and a rehearsal. */
export interface ServiceParts {
  readonly config: Config;
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly findDoor: FindDoor;
  readonly findServer: FindServer;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where the outside world reaches us, without a trailing slash. */
  readonly publicUrl: string;
  readonly isStopping?: () => boolean;
  readonly onAnswered?: (operation: string, status: number, durationMs: number) => void;
}

/**
 * The whole service as one HTTP application that is ready to listen. Everything it depends on is an argument,
 * so that tests run the same composition with their own database, clock and chance.
 */
export async function compose(parts: ServiceParts): Promise<FastifyInstance> {
  const { config, database, catalogue, findDoor, findServer, vault, clock, random, log, publicUrl } = parts;
  const migrations = await readMigrations(migrationsFolder);
  const getInstallationKey = createInstallationKeys(database);
  const bookmarks = createPageBookmarks({ database, getInstallationKey });
  const knownProviders = createKnownProviders({ database, catalogue, publicUrl });
  const providerSearch = createProviderSearch({
    database,
    clock,
    isOpen: (provider) => isOpenToAll(parts, provider),
  });
  const tokens = {
    serviceLifetimeS: config.TRIBUTARY_SERVICE_TOKEN_LIFETIME_S,
    participantLifetimeS: config.TRIBUTARY_PARTICIPANT_TOKEN_LIFETIME_S,
    audiences: config.TRIBUTARY_TOKEN_AUDIENCES,
  };
  const routes = await bindRoutes({
    access: { database, clock, random, log, publicUrl, tokens },
    accounts: { database, clock, catalogue, publicUrl, bookmarks, knownProviders },
    catalogue: { database, clock, catalogue, publicUrl, providerSearch },
    connect: { database, clock, random, log, publicUrl, catalogue, findDoor, findServer, vault },
    exports: {
      database,
      clock,
      gate: createExportGate(config.TRIBUTARY_EXPORTS_AT_ONCE),
      stallTimeoutMs: config.TRIBUTARY_EXPORT_STALL_TIMEOUT_MS,
    },
    main: { publicUrl },
    oauth: { publishedKeys: await publishKeys(catalogue) },
  });
  const probes = createProbes({
    clock,
    isStopping: parts.isStopping ?? (() => false),
    isSchemaCurrent: () => isSchemaCurrent(database, migrations),
    isWritable: () => isWritable(database),
    readVersion: async () => (await readServerVersion(database)).version,
  });
  const app = buildHttp({
    publicUrl,
    log,
    clock,
    routes: [...probes, ...routes],
    admit: createAdmission({
      database,
      clock,
      log,
      getInstallationKey,
      limits: {
        administrative: config.TRIBUTARY_RATE_LIMIT_ADMINISTRATIVE,
        delegated: config.TRIBUTARY_RATE_LIMIT_DELEGATED,
        address: config.TRIBUTARY_RATE_LIMIT_ADDRESS,
      },
    }),
    trustedProxies: config.TRIBUTARY_TRUSTED_PROXIES,
    ...omitUndefined({ onAnswered: parts.onAnswered }),
  });
  app.addHook('onListen', (done) => {
    // The first participant need not wait for the catalogue; a failure now is found out by her search.
    providerSearch.find({ offset: 0, limit: 1 }).catch(() => undefined);
    done();
  });
  return app;
}

/** What the routes of each capability are handed; those without routes are not among them. */
export interface RouteParts {
  readonly access: AccessParts;
  readonly accounts: AccountParts;
  readonly catalogue: CatalogueParts;
  readonly connect: ConnectParts;
  readonly exports: ExportParts;
  readonly main: { readonly publicUrl: string };
  readonly oauth: OAuthParts;
}

async function bindRoutes(parts: RouteParts): Promise<readonly BoundRoute[]> {
  const given = new Map<string, object>(Object.entries(parts));
  return (await loadRoutes()).map(({ capability, route }) => {
    const own = given.get(capability);
    if (own === undefined) throw new Error(`Nothing is handed to the routes of ${capability}`);
    return bindRoute(route, own);
  });
}

/** Every route of every capability, as it is described. */
export async function findRoutes(): Promise<readonly Route[]> {
  return (await loadRoutes()).map(({ route }) => route);
}

/** One file in a `routes/` folder each, named after its operation; and one for each export. */
async function loadRoutes(): Promise<readonly { readonly capability: string; readonly route: Route }[]> {
  const capabilities = (await readdir(sourceFolder)).sort();
  const loaded = await Promise.all(
    capabilities.map(async (capability) => {
      const files = await loadFolder(join(sourceFolder, capability, 'routes'), 'route');
      return files.map(({ name, value }) => ({ capability, name, route: value as Route }));
    }),
  );
  const fromFiles = loaded.flat().map(({ capability, name, route }) => {
    if (name !== route.operationID)
      throw new Error(`routes/${name} defines ${route.operationID}: the names differ`);
    return { capability, route };
  });
  return [...fromFiles, ...exportRoutes.map((route) => ({ capability: 'exports', route }))];
}
