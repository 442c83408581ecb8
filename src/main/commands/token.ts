import { readKeyFile } from '../keyFiles.ts';
import { requestParticipantToken, requestToken } from '../requestToken.ts';
import { resolvePublicUrl } from '../config.ts';
import { CommandFailed, type AddCommand } from '../commandLine.ts';

/** `tributary token`: an access token for trying the API by hand. */
export const command: AddCommand = (program, line) => {
  program
    .command('token')
    .description('Prints an access token, got from the running service the way a client gets it.')
    .requiredOption('--key <file>', 'private key of the service account, PEM')
    .requiredOption('--account <name>', 'name of the service account')
    .option(
      '--participant <id>',
      'GUID of a participant of its project: prints a token of the participant instead',
    )
    .option('--url <url>', 'where the service is (default: the configured public URL)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  TOKEN=$(tributary token --key var/keys/Tributary.sample.pem --account Tributary.sample)\n' +
        '  TOKEN=$(tributary token --key var/keys/Tributary.sample.pem --account Tributary.sample --participant $PARTICIPANT)',
    )
    .action(async (options: Options) => {
      const address = options.url ?? resolvePublicUrl(line.config, line.config.TRIBUTARY_PORT);
      if (!URL.canParse(address)) throw new CommandFailed(`${address} is not a URL.`);
      const url = address.replace(/\/+$/, '');
      const serviceToken = await requestToken({
        privateKey: await readKeyFile(options.key),
        account: options.account,
        url,
        clock: line.clock,
        random: line.random,
      });
      const token =
        options.participant === undefined
          ? serviceToken
          : await requestParticipantToken({ serviceToken, participantID: options.participant, url });
      if (options.json === true) line.json({ accessToken: token });
      else line.say(token);
    });
};

interface Options {
  readonly key: string;
  readonly account: string;
  readonly participant?: string;
  readonly url?: string;
  readonly json?: boolean;
}
