import type { DiscoveryTarget } from '../../../oauth/discoverServer.ts';
import { createPublicDoor } from '../../../oauth/providerDoor.ts';
import {
  acceptServer,
  findDiscoveryTarget,
  reviewServer,
  type ServerReview,
} from '../../../oauth/reviewServer.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import type { Database } from '../../../platform/storage/database.ts';
import { CommandFailed, type AddCommand, type CommandLine } from '../../commandLine.ts';
import { providerArgument } from './providerArgument.ts';

interface DiscoverOptions {
  readonly accept?: boolean;
  readonly json?: boolean;
}

/** `tributary providers discover`: what a health organisation's server says about itself, for an operator to judge. */
export const command: AddCommand = (providers, line) => {
  providers
    .command('discover')
    .description(
      "Asks a provider's server where participants log in, and compares it with what is used. A server that moved to " +
        'other hosts is used as before until --accept.',
    )
    .argument('<id>', 'number of the provider', providerArgument)
    .option('--accept', 'use what the server says now, for everybody on it')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers discover 100123 --accept')
    .action((providerID: number, options: DiscoverOptions) => discover(line, providerID, options));
};

async function discover(line: CommandLine, providerID: number, options: DiscoverOptions): Promise<void> {
  const { definitions } = await line.catalogue();
  await line.withProviderFetch((fetch) =>
    line.withDatabase('providers discover', async (database) => {
      const findDoor = () => createPublicDoor(fetch);
      const target = await findDiscoveryTarget(database, { definitions, findDoor }, providerID);
      if (target === undefined)
        throw new CommandFailed(
          `${providerID} is no provider whose server is discovered: only organisations on FHIR servers are.`,
        );
      const review = await reviewServer(database, target);
      const accepted = options.accept === true && (await accept(line, database, { target, review }));
      if (options.json === true) line.json(describe(target, review, accepted));
      else print(line, target, { review, accepted });
      if (review.said === undefined) throw new CommandFailed(explanations[review.outcome]);
    }),
  );
}

async function accept(
  line: CommandLine,
  database: Database,
  { target, review }: { readonly target: DiscoveryTarget; readonly review: ServerReview },
): Promise<boolean> {
  const { said: facts, etag } = review;
  if (facts === undefined) return false;
  await database.transaction((transaction) =>
    acceptServer(
      transaction,
      target,
      omitUndefined({
        facts,
        actor: line.actor,
        now: line.clock.now(),
        etag,
      }),
    ),
  );
  return true;
}

const explanations: Readonly<Record<ServerReview['outcome'], string>> = {
  new: 'Nobody has connected it yet; the first participant uses this.',
  same: 'It says the same as before, as far as hosts go.',
  moved: 'It names other hosts than before. Until you --accept them, those of before are used.',
  foreign:
    "It names hosts that are not the FHIR server's or the vendor's. Nobody can connect until you --accept them.",
  unreachable: 'The server does not answer.',
  'not-published': 'The server publishes no configuration.',
  unusable: 'The server publishes a configuration with which nobody can connect.',
};

function describe(
  { fhirBase, definition }: DiscoveryTarget,
  { outcome, said, foreign, used }: ServerReview,
  accepted: boolean,
) {
  return {
    endpoint: fhirBase,
    definition: definition.slug,
    outcome,
    accepted,
    foreign,
    used: used?.facts ?? null,
    said: said ?? null,
  };
}

function print(
  line: CommandLine,
  { fhirBase }: DiscoveryTarget,
  { review, accepted }: { readonly review: ServerReview; readonly accepted: boolean },
): void {
  const { outcome, said, used, foreign } = review;
  line.say(fhirBase);
  if (said === undefined) return;
  const members = ['authorization_endpoint', 'token_endpoint', 'revocation_endpoint', 'issuer'] as const;
  line.table(
    ['', 'USED', 'THE SERVER SAYS', ''],
    members.map((name) => [
      name,
      used?.facts[name],
      said[name],
      foreign.includes(name) ? 'foreign host' : '',
    ]),
  );
  line.say(accepted ? 'Accepted: from now on this is used.' : explanations[outcome]);
}
