import pg from 'pg';
import { servingDeadlines } from '../src/platform/storage/deadlines.ts';
import { openDatabase, raw } from '../src/platform/storage/database.ts';
import { createStatementWatch } from '../src/platform/storage/waiting/statementWatch.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import type { Row } from './machine.ts';

const statements = 20_000;
const watches = 2_000_000;

/**
 * What it costs that the service keeps the deadlines of its statements itself, in processor time, which other work on
 * the machine does not change much: the watch alone, and a whole statement beside the driver's own pool.
 */
export async function measureDeadlines(databaseUrl: string): Promise<Row[]> {
  const database = openDatabase({ target: { url: databaseUrl }, poolSizeMax: 1, applicationName: 'bench' });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const statement = raw('select 1 as one');
  const watch = createStatementWatch(systemClock, servingDeadlines, {
    state: () => 'available',
    suspect: () => undefined,
    end: () => undefined,
  });
  try {
    const watched = await measureCpu(watches, (count) => {
      for (let index = 0; index < count; index++) watch.watch(10_000, () => undefined).done();
      return Promise.resolve();
    });
    const repeat = (ask: () => Promise<unknown>) => async (count: number) => {
      for (let index = 0; index < count; index++) await ask();
    };
    // In turns, so that neither has the warmer code.
    const [ours, bare]: [number[], number[]] = [[], []];
    for (let round = 0; round < 4; round++) {
      bare.push(
        await measureCpu(
          statements / 4,
          repeat(() => pool.query(statement.text)),
        ),
      );
      ours.push(
        await measureCpu(
          statements / 4,
          repeat(() => database.query(statement)),
        ),
      );
    }
    const [own, driver] = [Math.min(...ours), Math.min(...bare)];
    return [
      { what: 'a deadline kept and taken out again', figure: `${watched.toFixed(0)} ns` },
      {
        what: 'a statement with its deadline',
        figure: `${(own / 1000).toFixed(1)} µs`,
        limit: `${(driver / 1000).toFixed(1)} µs by the driver's pool`,
        ratio: (own / driver).toFixed(2),
        note: 'processor time of this process',
      },
    ];
  } finally {
    watch.end();
    await pool.end();
    await database.close();
  }
}

/** Nanoseconds of this process for each, warm. */
async function measureCpu(count: number, work: (count: number) => Promise<void>): Promise<number> {
  await work(Math.ceil(count / 10));
  const before = process.cpuUsage();
  await work(count);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / count;
}
