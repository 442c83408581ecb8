import { Option } from 'commander';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import {
  changeConnectPolicy,
  readConnectPolicy,
  type ConnectPolicy,
} from '../../../projects/connectPolicy.ts';
import { guidOption, type AddCommand, type CommandLine } from '../../commandLine.ts';

type Rule = 'allow' | 'refuse';

interface ConnectOptions {
  readonly project: string;
  readonly withoutVerifier?: Rule;
  readonly fromAnywhere?: Rule;
  readonly json?: boolean;
}

/** `tributary project connect`: what a study demands of clients that connect. */
export const command: AddCommand = (project, line) => {
  project
    .command('connect')
    .description(
      'Says what a study demands of clients that connect, and prints it; both are refused at first.',
    )
    .requiredOption('--project <guid>', 'project', guidOption)
    .addOption(
      new Option(
        '--without-verifier <rule>',
        'clients that send no verifier: the JavaScript SDK up to 5.0.0, the iOS kit 2.0.0',
      ).choices(['allow', 'refuse']),
    )
    .addOption(
      new Option(
        '--from-anywhere <rule>',
        'links that are not opened from a page of a redirect target: in mails, in messages',
      ).choices(['allow', 'refuse']),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  tributary project connect --project 5e0c…' +
        '\n  tributary project connect --project 5e0c… --without-verifier allow',
    )
    .action(async (options: ConnectOptions) => {
      const policy = await readOrChange(line, options);
      if (options.json === true) line.json(policy);
      else {
        line.say(`Clients without a verifier: ${describe(policy.allowWithoutVerifier)}.`);
        line.say(`Links that are opened from anywhere: ${describe(policy.allowFromAnywhere)}.`);
      }
    });
};

function readOrChange(line: CommandLine, options: ConnectOptions): Promise<ConnectPolicy> {
  const { project: projectID, withoutVerifier, fromAnywhere } = options;
  return line.withProject('project connect', projectID, (database) => {
    if (withoutVerifier === undefined && fromAnywhere === undefined)
      return readConnectPolicy(database, projectID);
    const change = omitUndefined({
      allowWithoutVerifier: withoutVerifier === undefined ? undefined : withoutVerifier === 'allow',
      allowFromAnywhere: fromAnywhere === undefined ? undefined : fromAnywhere === 'allow',
    });
    return database.transaction((transaction) =>
      changeConnectPolicy(transaction, { projectID, change, actor: line.actor, now: line.clock.now() }),
    );
  });
}

function describe(allowed: boolean): string {
  return allowed ? 'allowed' : 'refused';
}
