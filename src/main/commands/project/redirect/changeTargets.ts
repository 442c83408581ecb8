import type { RedirectTargetChange } from '../../../../projects/redirectTargets.ts';
import type { Transaction } from '../../../../platform/storage/database.ts';
import type { CommandLine } from '../../../commandLine.ts';

/** What every command about redirect targets is told. */
export interface RedirectOptions {
  readonly project: string;
  readonly json?: boolean;
}

/** What the help says of targets that are named. */
export const describedTargets = 'origins (https://study.example.org) or schemes of apps (myapp:)';

/** Changes all targets that are named, or none, and gives those that were not so before. */
export function changeTargets(
  line: CommandLine,
  { project: projectID }: RedirectOptions,
  {
    targets,
    change,
  }: {
    readonly targets: readonly string[];
    readonly change: (transaction: Transaction, change: RedirectTargetChange) => Promise<string[]>;
  },
): Promise<string[]> {
  return line.withProject('project redirect', projectID, (database) =>
    database.transaction((transaction) =>
      change(transaction, { projectID, targets, actor: line.actor, now: line.clock.now() }),
    ),
  );
}
