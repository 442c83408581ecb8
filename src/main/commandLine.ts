import { userInfo } from 'node:os';
import process from 'node:process';
import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { InvalidArgumentError, type Command } from 'commander';
import { requireProject } from '../projects/projects.ts';
import { parseGuid } from '../contract/scalars.ts';
import type { Environment } from '../platform/config/parseConfig.ts';
import { findServiceLinks, tidyEnvironment } from '../platform/config/tidyEnvironment.ts';
import { createProviderFetch, type ProviderFetch } from '../platform/outbound/providerFetch.ts';
import { systemRandom, type Random } from '../platform/random/random.ts';
import { systemClock, type Clock } from '../platform/time/clock.ts';
import type { Database } from '../platform/storage/database.ts';
import { readConfig, type Config } from './config.ts';
import { openCatalogue } from './openCatalogue.ts';
import { openInstallation } from './openInstallation.ts';
import { prepareDatabase } from './prepareDatabase.ts';
import type { Catalogue } from '../definitions/catalogue.ts';

/**
 * One command: it adds itself to its parent, which is the program or a group of commands. Its file exports it as
 * `command`; `commands/keys.ts` is the group, `commands/keys/rotate.ts` one of its subcommands.
 */
export type AddCommand = (parent: Command, line: CommandLine) => void;

/** A mistake of whoever typed the command: told without a stack, exit code 1. */
export class CommandFailed extends Error {}

/** Bars appear only for what takes longer than this. */
const progressAfterMs = 2_000;
const progressEveryMs = 200;

/** What a command line takes from the process around it; tests give their own. */
export interface CommandLineParts {
  readonly environment: Environment;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** The machine's clock unless given. */
  readonly clock?: Clock;
  /** The door to the network unless given: a test's leads to its own servers. */
  readonly providerFetch?: ProviderFetch;
}

/** What every command works with: the configuration, the database, and ways to answer. */
export class CommandLine {
  readonly clock: Clock;
  readonly random: Random = systemRandom;
  /** As its operator meant it: see {@link tidyEnvironment}. */
  readonly environment: Environment;
  /** Names of ours that are no settings because Kubernetes or Docker made them of services. */
  readonly serviceLinks: readonly string[];
  readonly #parts: CommandLineParts;
  #config: Config | undefined;

  constructor(parts: CommandLineParts) {
    this.#parts = parts;
    this.clock = parts.clock ?? systemClock;
    this.environment = tidyEnvironment(parts.environment);
    this.serviceLinks = findServiceLinks(parts.environment, 'TRIBUTARY_');
  }

  get stdout(): Writable {
    return this.#parts.stdout;
  }

  get config(): Config {
    this.#config ??= readConfig(this.environment);
    return this.#config;
  }

  /** What this release defines and this environment sets up. @throws {ConfigError} */
  catalogue(): Promise<Catalogue> {
    return openCatalogue(this.environment);
  }

  /** For the audit: who sat at the command line. */
  get actor(): string {
    return `command-line:${nameUser()}`;
  }

  /**
   * Runs `work` on the database: the running service's, if it runs, otherwise one that is started for this
   * command. The schema is brought up to date first, so that a first command needs no preparation.
   */
  async withDatabase<Result>(
    purpose: string,
    work: (database: Database) => Promise<Result>,
  ): Promise<Result> {
    const installation = await openInstallation({
      config: this.config,
      clock: this.clock,
      purpose: `tributary ${purpose}`,
      as: 'guest',
    });
    try {
      await prepareDatabase(installation.database, await this.catalogue(), this.clock);
      return await work(installation.database);
    } finally {
      await installation.close();
    }
  }

  /** As {@link withDatabase}, for commands about one project, which must exist. */
  withProject<Result>(
    purpose: string,
    projectID: string,
    work: (database: Database) => Promise<Result>,
  ): Promise<Result> {
    return this.withDatabase(purpose, async (database) => {
      await requireProject(database, projectID);
      return work(database);
    });
  }

  /** Runs `work` with the door to providers, and ends its connections. */
  async withProviderFetch<Result>(work: (fetch: ProviderFetch) => Promise<Result>): Promise<Result> {
    const given = this.#parts.providerFetch;
    if (given !== undefined) return work(given);
    const fetch = createProviderFetch();
    try {
      return await work(fetch);
    } finally {
      await fetch.close();
    }
  }

  /** A line for people, on standard output. */
  say(text: string): void {
    this.#parts.stdout.write(`${text}\n`);
  }

  /** A remark beside the result, on standard error. */
  remark(text: string): void {
    this.#parts.stderr.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.say(JSON.stringify(value, null, 2));
  }

  /** Rows as a table for people; nothing is cut off, so that identifiers can be copied. */
  table(
    columns: readonly string[],
    rows: readonly (readonly (string | number | null | undefined)[])[],
  ): void {
    if (rows.length === 0) {
      this.say('None.');
      return;
    }
    const table = new Table({
      head: [...columns],
      style: { head: [], border: [], compact: true },
      chars: plainBorders,
    });
    for (const row of rows) table.push(row.map((cell) => String(cell ?? '')));
    this.say(table.toString());
  }

  /**
   * Runs `work` with a way to report progress. On a terminal a bar appears on standard error once it has taken
   * longer than two seconds, whether or not anything was reported since; without a total it shows what is done
   * and no share.
   */
  async withProgress<Result>(
    label: string,
    work: (report: ReportProgress) => Promise<Result>,
  ): Promise<Result> {
    if (this.#parts.stderr.isTTY !== true) return work(() => undefined);
    const began = this.clock.now();
    let latest: Parameters<ReportProgress> = [0];
    let bar: SingleBar | undefined;
    const draw = () => {
      if (this.clock.now() - began < progressAfterMs) return;
      const [done, total, remark = ''] = latest;
      bar ??= this.#startBar(label);
      bar.setTotal(Math.max(total ?? 0, done));
      bar.update(done, {
        remark,
        share: total === undefined ? '' : `${Math.floor((100 * done) / Math.max(1, total))}%`,
      });
    };
    const stop = this.clock.every(progressEveryMs, draw);
    try {
      return await work((...progress) => {
        latest = progress;
      });
    } finally {
      stop();
      bar?.stop();
    }
  }

  #startBar(label: string): SingleBar {
    const bar = new SingleBar({
      format: `${label} {bar} {share} {remark}`,
      stream: this.#parts.stderr,
      clearOnComplete: true,
      hideCursor: true,
    });
    bar.start(1, 0, { share: '', remark: '' });
    return bar;
  }
}

/** A container often runs as a number that no `/etc/passwd` knows (OpenShift always does). */
function nameUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.geteuid?.() ?? 'unknown'}`;
  }
}

/** What is done of how much, where that is known, and a few words beside it. */
export type ReportProgress = (done: number, total?: number, remark?: string) => void;

/** Parser of `--project` and other GUID options, for commander. */
export function guidOption(text: string): string {
  const guid = parseGuid(text);
  if (guid === undefined) throw new InvalidArgumentError('It must be a GUID.');
  return guid;
}

/** Parser of options that hold a sentence for participants, for commander. */
export function messageOption(text: string): string {
  if (text === '' || text.length > 500) throw new InvalidArgumentError('It must have 1 to 500 characters.');
  return text;
}

/** Parser of options that are whole numbers of at least `minimum`, for commander. */
export function countOption(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    return value;
  };
}

const plainBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
