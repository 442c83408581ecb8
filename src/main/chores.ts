import { removeExpired } from '../access/removeExpired.ts';
import { runRevocations, type RevocationParts } from '../accounts/runRevocations.ts';
import { endOldAttempts } from '../connect/endOldAttempts.ts';
import { settleSentCodes } from '../connect/settleSentCodes.ts';
import { logUnlessAway } from '../platform/storage/databaseUnavailable.ts';

const cleanUpEveryMs = 60_000;
const revokeEveryMs = 5_000;

/** What a serving process does beside answering: any number of them share it. The returned function ends it. */
export function startChores(parts: RevocationParts): () => Promise<void> {
  const { clock } = parts;
  const ending = new AbortController();
  const rests = new Map<number, number>();
  const chores = [
    repeat(parts, { name: 'clean-up', everyMs: cleanUpEveryMs }, () => removeExpired(parts.database, clock)),
    repeat(parts, { name: 'journeys', everyMs: cleanUpEveryMs }, async () => {
      await endOldAttempts(parts.database, clock);
      while (!ending.signal.aborted && (await settleSentCodes(parts)) > 0);
    }),
    repeat(parts, { name: 'revocations', everyMs: revokeEveryMs }, async () => {
      await runRevocations(parts, { ending: ending.signal, rests });
    }),
  ];
  return async () => {
    ending.abort();
    await Promise.all(chores.map((end) => end()));
  };
}

/** Calls `work` again and again, never twice at once; the returned function waits for the call that is running. */
function repeat(
  { clock, log }: RevocationParts,
  { name, everyMs }: { readonly name: string; readonly everyMs: number },
  work: () => Promise<void>,
): () => Promise<void> {
  let running: Promise<void> | undefined;
  const stop = clock.every(everyMs, () => {
    running ??= work()
      .catch((error: unknown) => logUnlessAway(log, name, error))
      .finally(() => {
        running = undefined;
      });
  });
  return async () => {
    stop();
    await running;
  };
}
