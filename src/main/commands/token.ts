import { readKeyFile } from '../keyFiles.ts';
import { requestToken } from '../requestToken.ts';
import { resolvePublicUrl } from '../config.ts';
import { CommandFailed, type AddCommand } from '../commandLine.ts';

export const command: AddCommand = (program, line) => {
  program
    .command('token')
    .description('Prints an access token, got from the running service the way a client gets it.')
    .requiredOption('--key <file>', 'private key of the service account, PEM')
    .requiredOption('--account <name>', 'name of the service account')
    .option('--url <url>', 'where the service is (default: the configured public URL)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  TOKEN=$(tributary token --key var/keys/Tributary.sample.pem --account Tributary.sample)',
    )
    .action(async (options: { key: string; account: string; url?: string; json?: boolean }) => {
      const url = options.url ?? resolvePublicUrl(line.config, line.config.TRIBUTARY_PORT);
      if (!URL.canParse(url)) throw new CommandFailed(`${url} is not a URL.`);
      const token = await requestToken({
        privateKey: await readKeyFile(options.key),
        account: options.account,
        url: url.replace(/\/+$/, ''),
        clock: line.clock,
        random: line.random,
      });
      if (options.json === true) line.json({ accessToken: token });
      else line.say(token);
    });
};
