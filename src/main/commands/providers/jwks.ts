import { publishKeys } from '../../../oauth/clientKeys.ts';
import { CommandFailed, type AddCommand } from '../../commandLine.ts';

/** `tributary providers jwks`: the key set for vendors that cannot fetch it from `/.well-known/jwks.json`. */
export const command: AddCommand = (providers, line) => {
  providers
    .command('jwks')
    .description(
      'Prints the public halves of the private keys that are set up, as a key set (JSON) to upload at vendors that do ' +
        'not fetch it themselves.',
    )
    .argument('[provider]', 'name of a built-in one; all of them when left out')
    .option('--json', 'print JSON, as it does anyway')
    .addHelpText('after', '\nExample:\n  tributary providers jwks epic > jwks.json')
    .action(async (slug: string | undefined) => {
      const catalogue = await line.catalogue();
      if (slug !== undefined && !catalogue.definitions.has(slug))
        throw new CommandFailed(
          `There is no provider named ${slug}. tributary providers check lists all names.`,
        );
      const keys = await publishKeys(catalogue, slug);
      if (slug !== undefined && keys.length === 0)
        throw new CommandFailed(
          `${slug} has no private key. tributary providers check says what is missing.`,
        );
      line.json({ keys });
    });
};
