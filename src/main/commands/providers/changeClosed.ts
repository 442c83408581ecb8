import { closeProviders } from '../../../catalogue/closeProviders.ts';
import { resolveReferences } from '../../../catalogue/readCatalogueFile.ts';
import type { CommandLine } from '../../commandLine.ts';

/** What `close` and `open` are told. */
export interface ClosedOptions {
  /** What participants read. */
  readonly message?: string;
  readonly json?: boolean;
}

/** Closes providers for all studies, or opens them again, all or none, and prints their numbers. */
export async function changeClosed(
  line: CommandLine,
  providers: readonly string[],
  closed: boolean,
  { message, json }: ClosedOptions,
): Promise<void> {
  const providerIDs = await line.withDatabase('providers', (database) =>
    database.transaction(async (transaction) => {
      const ids = providers.map(await resolveReferences(transaction, providers));
      await closeProviders(transaction, {
        providerIDs: ids,
        closed,
        message: message ?? null,
        actor: line.actor,
        now: line.clock.now(),
      });
      return ids;
    }),
  );
  if (json === true) line.json({ [closed ? 'closed' : 'opened']: providerIDs });
  else line.say(`${closed ? 'Closed' : 'Opened'}: ${providerIDs.join(', ')}.`);
}
