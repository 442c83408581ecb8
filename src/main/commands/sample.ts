import { countOption, guidOption, type AddCommand } from '../commandLine.ts';
import { createSample } from '../sample/createSample.ts';
import { sampleAccountsMax } from '../sample/generateStudy.ts';

interface Options {
  readonly project: string;
  readonly accounts: number;
  readonly seed: string;
  readonly json?: boolean;
}

/** `tributary sample`: something to look at in a study that has no participants yet. */
export const command: AddCommand = (program, line) => {
  program
    .command('sample')
    .description(
      'Fills an empty project with a believable study of invented people; the same for the same seed.',
    )
    .requiredOption('--project <guid>', 'project without participants', guidOption)
    .option('--accounts <count>', 'external accounts to make', countOption(1, sampleAccountsMax), 1_000)
    .option('--seed <text>', 'another seed is another study', '1')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', '\nExample:\n  tributary sample --project 5e0c… --accounts 5000 --seed river')
    .action(async (options: Options) => {
      const { project: projectID, accounts, seed } = options;
      const report = await line.withProject('sample', projectID, (database) =>
        line.withProgress('Accounts', (progress) =>
          createSample(database, {
            projectID,
            accounts,
            seed,
            clock: line.clock,
            random: line.random,
            actor: line.actor,
            onProgress: ({ rows, phase }) => progress(rows, accounts, phase),
          }),
        ),
      );
      if (options.json === true) line.json(report);
      else
        line.say(`Made ${report.accounts} external accounts of ${report.participants.created} participants.`);
    });
};
