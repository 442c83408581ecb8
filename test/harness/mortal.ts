import type { FindDoor, ProviderDoor } from '../../src/oauth/providerDoor.ts';
import type { ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import type { Database, Sql, Transaction } from '../../src/platform/storage/database.ts';

/**
 * What a process does outside itself goes through two ports: its database and the doors to providers. Between two such
 * effects nothing changes that outlives it, so that dying before each of them once is dying at every moment.
 */
export interface Mortal {
  readonly database: Database;
  readonly findDoor: FindDoor;
  /** A new life: effects are counted anew, and the one with this number, from 0, is never reached. */
  live(end?: number): void;
  /** What was done in this life, by name: the first words of a statement, or the call. */
  effects(): readonly string[];
  /** When this life has ended. */
  died(): Promise<undefined>;
}

interface Surroundings {
  /** A pool of this life alone, which ends with it. */
  readonly open: () => Database;
  readonly findDoor: FindDoor;
  /** Unless given, all its connections are cut, and whoever waits for anything waits for ever. */
  readonly die?: () => void;
}

/** Whatever works through these two ports dies where it is told to. */
export function createMortal({ open, findDoor, die }: Surroundings): Mortal {
  const begin = (end?: number) => ({
    end,
    database: open(),
    effects: [] as string[],
    isOver: false,
    died: Promise.withResolvers<undefined>(),
  });
  let life = begin();

  async function pass<Result>(of: typeof life, name: string, effect: () => Promise<Result>): Promise<Result> {
    if (!of.isOver && of.effects.length === of.end) {
      of.isOver = true;
      if (die === undefined) void of.database.close(0);
      else die();
      of.died.resolve(undefined);
    }
    if (of.isOver) return never();
    of.effects.push(name);
    const outcome = await effect().then(
      (result) => () => result,
      (error: unknown) => () => {
        throw error;
      },
    );
    return hasEnded(of) ? never() : outcome();
  }

  const database: Database = {
    query: <Row extends object>(statement: Sql) => {
      const now = life;
      return pass(now, nameOf(statement.text), () => now.database.query<Row>(statement));
    },
    transaction: (work, kind) => {
      const now = life;
      return pass(now, 'begin', () =>
        now.database.transaction(async (transaction) => {
          const result = await work(wrap(transaction, (name, effect) => pass(now, name, effect)));
          // What comes after this is the commit.
          return pass(now, 'commit', () => Promise.resolve(result));
        }, kind),
      );
    },
    prepared: (statement, values) => {
      const now = life;
      return pass(now, nameOf(statement.text), () => now.database.prepared(statement, values));
    },
    copyOut: (statement) => life.database.copyOut(statement),
    state: () => life.database.state(),
    load: () => life.database.load(),
    close: async (patienceMs) => {
      if (!life.isOver) await life.database.close(patienceMs);
    },
  };
  return {
    database,
    findDoor: (slug) => wrapDoor(findDoor(slug), (name, effect) => pass(life, name, effect)),
    live: (end) => {
      if (!life.isOver) void life.database.close();
      life = begin(end);
    },
    effects: () => life.effects,
    died: () => life.died.promise,
  };
}

/** Asked anew: it may have ended while something else was waited for. */
function hasEnded({ isOver }: { readonly isOver: boolean }): boolean {
  return isOver;
}

type Pass = <Result>(name: string, effect: () => Promise<Result>) => Promise<Result>;

function wrap(transaction: Transaction, pass: Pass): Transaction {
  return {
    ...transaction,
    query: <Row extends object>(statement: Sql) =>
      pass(nameOf(statement.text), () => transaction.query<Row>(statement)),
  };
}

function wrapDoor(door: ProviderDoor, pass: Pass): ProviderDoor {
  const fetch = (request: ProviderRequest) =>
    pass(`${request.method} ${new URL(request.url).pathname}`, () => door.fetch(request));
  return {
    browserUrl: (url) => door.browserUrl(url),
    fetch: Object.assign(fetch, { close: () => Promise.resolve() }),
  };
}

function nameOf(statement: string): string {
  return statement.trim().split(/\s+/).slice(0, 4).join(' ');
}

function never<Result>(): Promise<Result> {
  return new Promise(() => undefined);
}
