import { changeProjectCatalogue, type ProjectCatalogue } from '../../../catalogue/projectCatalogue.ts';
import type { Transaction } from '../../../platform/storage/database.ts';
import type { CommandLine } from '../../commandLine.ts';
import { printCatalogue } from './printCatalogue.ts';

/** What every command that changes or shows a study's catalogue is told. */
export interface CatalogueOptions {
  readonly project: string;
  readonly json?: boolean;
}

/**
 * Changes what a study uses in one transaction, and prints what it uses then.
 *
 * What `prepare` gives is applied to the locked catalogue; what it throws leaves everything as it was.
 */
export async function changeCatalogue(
  line: CommandLine,
  options: CatalogueOptions,
  prepare: (transaction: Transaction) => Promise<(current: ProjectCatalogue) => ProjectCatalogue>,
): Promise<void> {
  const { project: projectID } = options;
  const next = await line.withProject('catalogue', projectID, (database) =>
    database.transaction(async (transaction) =>
      changeProjectCatalogue(transaction, {
        projectID,
        change: await prepare(transaction),
        actor: line.actor,
        now: line.clock.now(),
      }),
    ),
  );
  printCatalogue(line, next, options);
}

/** The catalogue with these rules in the place of what it says of their providers. */
export function replaceRules(
  current: ProjectCatalogue,
  rules: ProjectCatalogue['providers'],
): ProjectCatalogue {
  const changed = new Map([...current.providers, ...rules].map((rule) => [rule.providerID, rule]));
  const providers = [...changed.values()].sort((left, right) => left.providerID - right.providerID);
  return { ...current, providers };
}
