import { listServiceAccounts } from '../../../access/serviceAccounts.ts';
import { guidOption, type AddCommand } from '../../commandLine.ts';

/** `tributary service-account list`: who has access to a study, and with which keys. */
export const command: AddCommand = (accounts, line) => {
  accounts
    .command('list')
    .description('Lists the service accounts of a project with their keys.')
    .requiredOption('--project <guid>', 'project', guidOption)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary service-account list --project 5e0c…')
    .action(async (options: { project: string; json?: boolean }) => {
      const listed = await line.withProject('service-account list', options.project, (database) =>
        listServiceAccounts(database, options.project),
      );
      if (options.json === true) {
        line.json(listed);
        return;
      }
      line.table(
        ['NAME', 'CREATED', 'STATE', 'KEYS'],
        listed.map(({ name, createdAt, revokedAt, keys }) => [
          name,
          createdAt.toISOString(),
          revokedAt === undefined ? 'live' : `revoked ${revokedAt.toISOString()}`,
          keys.map((key) => `${key.thumbprint}${key.revokedAt === undefined ? '' : ' (revoked)'}`).join('\n'),
        ]),
      );
    });
};
