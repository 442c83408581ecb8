import { revokePublicKey, revokeServiceAccount } from '../../../access/serviceAccounts.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';

interface RevokeOptions {
  readonly project: string;
  readonly name: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** `tributary service-account revoke`: for a program that is no longer used, or a key that has leaked. */
export const command: AddCommand = (accounts, line) => {
  accounts
    .command('revoke')
    .description('Ends a service account, or one of its keys, for ever; tokens stop within five seconds.')
    .requiredOption('--project <guid>', 'project', guidOption)
    .option('--json', 'print JSON')
    .requiredOption('--name <name>', 'name of the service account')
    .option('--key <thumbprint>', 'only this key: its thumbprint or the beginning of it')
    .addHelpText(
      'after',
      '\nExample:\n  tributary service-account revoke --project 5e0c… --name MyDataHelps.RIVER.analyst',
    )
    .action(async ({ project: projectID, name, key, json }: RevokeOptions) => {
      const revoked = await line.withProject('service-account revoke', projectID, (database) =>
        database.transaction(async (transaction) => {
          const change = { projectID, name, actor: line.actor, now: line.clock.now() };
          if (key !== undefined) return revokePublicKey(transaction, { ...change, thumbprintPrefix: key });
          await revokeServiceAccount(transaction, change);
          return name;
        }),
      );
      if (json === true) line.json({ revoked });
      else line.say(`Revoked ${revoked}. Its tokens stop within five seconds.`);
    });
};
