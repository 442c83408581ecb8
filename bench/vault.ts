import { createVault } from '../src/platform/sealing/createVault.ts';
import { createLocalKeyService } from '../src/platform/sealing/localKeyService.ts';
import { generateMasterKey, parseMasterKeys } from '../src/platform/sealing/masterKeys.ts';
import { createWrapCounter } from '../src/platform/sealing/wrapCounter.ts';
import type { Vault } from '../src/platform/sealing/vault.ts';
import { createLogger } from '../src/platform/log/logger.ts';
import { systemRandom } from '../src/platform/random/random.ts';
import { sql, type Database } from '../src/platform/storage/database.ts';
import type { Row } from './machine.ts';

const tokenBytes = 600;
const place = {
  project: '5e0c6a10-3f2b-4c55-9a41-0c6a3f2b4c55',
  owner: 'account:1',
  generation: 1,
  version: 1,
};

/** Sealing and opening of a token of 600 bytes on one thread, as the service does it: wraps are counted. */
export async function measureVault(database: Database, seconds: number): Promise<Row[]> {
  const vault = await openBenchVault(database);
  const token = systemRandom
    .bytes(tokenBytes)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, 'x');
  const sealed = await vault.seal(place, { token });
  const both = await perSecond(seconds, async () => {
    const opened = await vault.open(place, await vault.seal(place, { token }));
    if (opened['token'] !== token) throw new Error('A token did not come back');
  });
  const opening = await perSecond(seconds, () => vault.open(place, sealed));
  const rewrapping = await perSecond(seconds, () => vault.rewrap(place, sealed));
  const row = (what: string, { wall, processor }: Rate, aim?: string): Row => ({
    what,
    figure: `${Math.round(wall).toLocaleString('en')}/s`,
    note: `${Math.round(processor).toLocaleString('en')} a second of processor time`,
    ...(aim === undefined ? {} : { aim }),
  });
  return [
    row('seal and open', both, '≥ 20,000/s'),
    row('open', opening),
    row('wrap with another key', rewrapping),
  ];
}

async function openBenchVault(database: Database): Promise<Vault> {
  const { keyID, line } = generateMasterKey(systemRandom);
  const read = parseMasterKeys(line);
  if (read.outcome === 'refused') throw new Error(read.mistakes.join());
  await database.query(sql`
    insert into sealing_keys (key_id, canary, active, created_at, activated_at)
    values (${keyID}, '', true, now(), now())`);
  return createVault({
    keyService: createLocalKeyService(read.keys, systemRandom),
    activeKeyID: () => Promise.resolve(keyID),
    countWrap: createWrapCounter({ database, log: createLogger('error') }),
    random: systemRandom,
  });
}

/** Calls a second by the clock, and by the time that this process had the processor. */
async function perSecond(seconds: number, work: () => Promise<unknown>): Promise<Rate> {
  for (let warmUp = 0; warmUp < 2_000; warmUp++) await work();
  const began = performance.now();
  const usage = process.cpuUsage();
  let done = 0;
  for (; performance.now() - began < seconds * 1000; done++) await work();
  const { user, system } = process.cpuUsage(usage);
  return { wall: done / ((performance.now() - began) / 1000), processor: done / ((user + system) / 1e6) };
}

interface Rate {
  readonly wall: number;
  readonly processor: number;
}
