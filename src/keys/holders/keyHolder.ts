import { hostname } from 'node:os';
import process from 'node:process';
import { defineEvent, type Logger } from '../../platform/log/logger.ts';
import type { Random } from '../../platform/random/random.ts';
import { sql, type Database } from '../../platform/storage/database.ts';
import { logUnlessAway } from '../../platform/storage/databaseUnavailable.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { judgeKeys } from '../judgeKeys.ts';
import type { FoundKeys, KeySource } from '../keySource.ts';

const keysChanged = defineEvent('sealing-keys-changed', 'info', 'keyIDs');
const keysRefused = defineEvent('sealing-keys-refused', 'error', 'reason');
const keyMissing = defineEvent('sealing-key-missing', 'error', 'keyIDs');

const beatEveryMs = 5_000;
/** Rows of processes that were killed; they do not count long before that. */
const forgottenAfter = '1 day';

/** What a holder works with: where its keys come from, and the database that is told of them. */
export interface KeyHolderParts {
  readonly database: Database;
  readonly source: KeySource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Tells the database which keys this process can use, again and again, and takes over what changes at their source.
 * Keys that would be refused at a start are refused here too: the process goes on with those that it has.
 */
export interface KeyHolder {
  /** Registers for the first time. Then no key becomes active any more that this process does not have. */
  begin(): Promise<void>;
  end(): Promise<void>;
}

/** A holder for this process, whose keys come from the source; it does nothing before it is begun. */
export function createKeyHolder(parts: KeyHolderParts): KeyHolder {
  const { database, clock, log } = parts;
  const processID = parts.random.uuid();
  const name = `${hostname().slice(0, 250)} process ${process.pid}`;
  const takeOver = createTakeOver(parts);
  let missing = '';
  const beat = async () => {
    missing = await register(parts, { processID, name, missing });
  };
  let beating: Promise<void> | undefined;
  let stopBeats: (() => void) | undefined;
  return {
    begin: async () => {
      await beat();
      stopBeats = clock.every(beatEveryMs, () => {
        beating ??= takeOver()
          .then(beat)
          .catch((error: unknown) => logUnlessAway(log, 'sealing-keys', error))
          .finally(() => (beating = undefined));
      });
    },
    end: async () => {
      stopBeats?.();
      await beating;
      await database.query(sql`delete from key_holders where process_id = ${processID}`);
    },
  };
}

/** The row of this process anew; gives the needed keys that it lacks, and reports them when they are others than before. */
async function register(
  { database, source, log }: KeyHolderParts,
  holder: { readonly processID: string; readonly name: string; readonly missing: string },
): Promise<string> {
  const keyIDs = await source.service.keyIDs();
  await database.query(sql`
    with gone as (delete from key_holders where seen_at < now() - ${forgottenAfter}::interval)
    insert into key_holders (process_id, name, key_ids, seen_at)
    values (${holder.processID}, ${holder.name}, ${[...keyIDs]}::text[], now())
    on conflict (process_id) do update set key_ids = excluded.key_ids, seen_at = excluded.seen_at`);
  const lacking = await database.query<{ key_id: string }>(sql`
    select key_id from sealing_keys
     where activated_at is not null and retired_at is null and key_id <> all (${[...keyIDs]}::text[])
     order by key_id`);
  const missing = lacking.map(({ key_id }) => key_id).join(' ');
  if (missing !== '' && missing !== holder.missing) log(keyMissing, { keyIDs: missing });
  return missing;
}

/** Gives a function that takes over what has changed. What is refused is judged again, until it fits or changes. */
function createTakeOver({ database, source, log }: KeyHolderParts): () => Promise<void> {
  let pending: Exclude<FoundKeys, { outcome: 'unchanged' }> | undefined;
  return async () => {
    const found = await source.find();
    const isNew = found.outcome !== 'unchanged';
    if (isNew) pending = found;
    if (pending === undefined) return;
    const mistakes = await judgeFound(database, pending);
    if (pending.outcome === 'found' && mistakes.length === 0) {
      source.takeOver(pending.service);
      log(keysChanged, { keyIDs: (await pending.service.keyIDs()).join(' ') });
      pending = undefined;
    } else if (isNew) log(keysRefused, { reason: `${source.name}: ${mistakes.join('; ')}` });
  };
}

async function judgeFound(
  database: Database,
  found: Exclude<FoundKeys, { outcome: 'unchanged' }>,
): Promise<readonly string[]> {
  if (found.outcome === 'found') return judgeKeys(database, found.service);
  return found.outcome === 'refused' ? found.mistakes : ['it is gone'];
}
