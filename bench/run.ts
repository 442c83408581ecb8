import { parseArgs } from 'node:util';
import { measureJourneys } from './connect.ts';
import { measureDeadlines } from './deadlines.ts';
import { measureExports } from './exports.ts';
import { fillDatabase } from './fillDatabase.ts';
import { measureImport } from './importAccounts.ts';
import { measureDirectories } from './importProviders.ts';
import { describeMachine, hasProgram, printTable, type Row } from './machine.ts';
import { measurePages } from './pages.ts';
import { measureRevocations } from './revocations.ts';
import { createDatabase, createDatabaseOf, startServer, startService } from './server.ts';
import { measureSearches } from './searchProviders.ts';
import { measureStartUp } from './startUp.ts';
import { tabulateTokens } from './tokens.ts';
import { measureVault } from './vault.ts';

/**
 * `npm run bench`: every figure with its limit, measured in the same run. `--large` adds 10 million accounts and gives all 50,000 grants back,
 * `--seconds` sets the length of each measurement, `--only pages,exports,tokens,import,directories,search,connect,revocations,vault,deadlines,start` takes a part.
 * `--against DIR` measures each page on the service of another checkout as well, on a database of the same rows.
 */
const { values: options } = parseArgs({
  options: {
    large: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '8' },
    only: {
      type: 'string',
      default: 'pages,exports,tokens,import,directories,search,connect,revocations,vault,deadlines,start',
    },
    sizes: { type: 'string' },
    against: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const parts = new Set(options.only.split(','));
const sizes = options.sizes?.split(',').map(Number) ?? [
  10_000,
  1_000_000,
  ...(options.large ? [10_000_000] : []),
];

for (const program of ['pgbench', 'psql', 'wrk'])
  if (!hasProgram(program))
    console.log(`${program} is missing (Debian: postgresql-contrib, postgresql-client, wrk).`);
const server = await startServer();
console.log(describeMachine(server.version));

try {
  const speeds = new Map<number, Map<string, number>>();
  if (parts.has('pages') || parts.has('exports'))
    for (const accounts of sizes) {
      const name = `tributary_bench_${accounts}`;
      const database = await createDatabase(server, name);
      const began = performance.now();
      await fillDatabase(database, accounts);
      console.log(
        `\nFilled with ${accounts.toLocaleString('en')} accounts in ${((performance.now() - began) / 1000).toFixed(0)} s.`,
      );
      const service = await startService(server.urlOf(name), database);
      if (parts.has('pages')) {
        const before =
          options.against === undefined ? undefined : await openBefore(options.against, accounts);
        const { rows, perSecond } = await measurePages(
          { database, databaseUrl: server.urlOf(name), service },
          { accounts, seconds, before },
        );
        await before?.service.stop();
        await before?.database.close();
        speeds.set(accounts, perSecond);
        const slower = perSecond.get('first page')! / perSecond.get('last page')!;
        rows.push({
          what: 'last page against first',
          figure: `${slower.toFixed(2)} times the time`,
          aim: '≤ 1.20',
        });
        printTable(`Pages of 100 over HTTP, tokens checked, ${accounts.toLocaleString('en')} accounts`, rows);
      }
      if (parts.has('exports') && (accounts === 1_000_000 || options.sizes !== undefined))
        printTable(
          `Data Scopes export of ${accounts.toLocaleString('en')} accounts`,
          await measureExports(server.urlOf(name), service),
        );
      await service.stop();
      await database.close();
    }
  compareSizes(speeds);
  if (parts.has('tokens')) {
    const database = await createDatabase(server, 'tributary_bench_tokens');
    printTable('Tokens', await tabulateTokens(database));
    await database.close();
  }
  if (parts.has('import')) printTable('Import', await measureImport(server));
  if (parts.has('directories')) printTable('Provider directories', await measureDirectories(server));
  if (parts.has('search')) {
    const name = 'tributary_bench_search';
    const database = await createDatabase(server, name);
    const rows = await measureSearches(database, server.urlOf(name), seconds);
    printTable('Searches among 100,000 organisations, over HTTP, tokens checked', rows);
    await database.close();
  }
  if (parts.has('connect'))
    printTable('Connect journeys, against the sandbox', await measureJourneys(server));
  if (parts.has('revocations')) {
    const name = 'tributary_bench_revocations';
    const database = await createDatabase(server, name);
    const measured = await measureRevocations(server.urlOf(name), { seconds, large: options.large });
    printTable('Grants given back', measured);
    await database.close();
  }
  if (parts.has('vault')) {
    const database = await createDatabase(server, 'tributary_bench_vault');
    printTable('Vault, tokens of 600 bytes, one thread', await measureVault(database, seconds));
    await database.close();
  }
  if (parts.has('deadlines')) {
    const name = 'tributary_bench_deadlines';
    const database = await createDatabase(server, name);
    printTable('Deadlines of statements', await measureDeadlines(server.urlOf(name)));
    await database.close();
  }
  if (parts.has('start')) printTable('Start-up', await measureStartUp());
} finally {
  await server.stop();
}

/** The service of another checkout on a database of its own with the same rows. */
async function openBefore(folder: string, accounts: number) {
  const name = `tributary_bench_before_${accounts}`;
  const database = await createDatabaseOf(folder, server, name);
  await fillDatabase(database, accounts);
  return { database, service: await startService(server.urlOf(name), database, folder) };
}

/** How much longer a page takes on the largest size than on the smallest. */
function compareSizes(speeds: ReadonlyMap<number, ReadonlyMap<string, number>>): void {
  const [smallest, largest] = [Math.min(...speeds.keys()), Math.max(...speeds.keys())];
  if (smallest === largest || speeds.size === 0) return;
  const rows: Row[] = [...speeds.get(largest)!].map(([shape, perSecond]) => ({
    what: shape,
    figure: `${(speeds.get(smallest)!.get(shape)! / perSecond).toFixed(2)} times the time`,
    aim: '≤ 1.50',
  }));
  printTable(`${largest.toLocaleString('en')} accounts against ${smallest.toLocaleString('en')}`, rows);
}
