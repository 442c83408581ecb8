import process from 'node:process';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { createLogger } from '../../platform/log/logger.ts';
import { createSandboxCredentials } from '../../sandbox/sandboxCredentials.ts';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox.ts';
import { CommandFailed, countOption, type AddCommand, type CommandLine } from '../commandLine.ts';

interface Options {
  readonly port: number;
  readonly for?: readonly string[];
  readonly json?: boolean;
}

const portDefault = 9_100;

/** `tributary sandbox`: providers to try against, for other programs than `serve --sandbox`. */
export const command: AddCommand = (program, line) => {
  program
    .command('sandbox')
    .description(
      'Plays providers on this machine until it is told to stop: authorization, invented data, and dials that make them fail.',
    )
    .option('--port <number>', 'port on 127.0.0.1; 0 takes a free one', countOption(0, 65_535), portDefault)
    .option('--for <names...>', 'only these providers, by the names of their files')
    .option('--json', 'print where it is and who can log in as JSON')
    .addHelpText('after', '\nExample:\n  tributary sandbox --port 9100 --for oura epic')
    .action(async (options: Options) => {
      const { definitions } = await line.catalogue();
      const played = choose(definitions, options.for);
      const sandbox = await startSandbox({
        definitions: played,
        credentials: createSandboxCredentials(played, line.random),
        clock: line.clock,
        random: line.random,
        port: options.port,
        log: createLogger('info'),
      });
      const stopped = stopOnSignal(sandbox);
      if (options.json === true) line.json(describe(sandbox, played));
      else introduce(line, sandbox, played);
      await stopped;
    });
};

function choose(
  definitions: ReadonlyMap<string, NamedDefinition>,
  names: readonly string[] | undefined,
): ReadonlyMap<string, NamedDefinition> {
  const playable = [...definitions].filter(([, { auth }]) => auth.kind !== 'none');
  if (names === undefined) return new Map(playable);
  const unknown = names.filter((name) => !playable.some(([slug]) => slug === name));
  if (unknown.length > 0)
    throw new CommandFailed(
      `No provider that can be played is called ${unknown.join(' or ')}; there are ${playable.map(([slug]) => slug).join(', ')}.`,
    );
  return new Map(playable.filter(([slug]) => names.includes(slug)));
}

function stopOnSignal(sandbox: Sandbox): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      sandbox.close().then(resolve, reject);
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}

function describe(sandbox: Sandbox, definitions: ReadonlyMap<string, NamedDefinition>) {
  const providers = [...sandbox.people].map(([slug, people]) => ({
    slug,
    name: definitions.get(slug)?.name ?? slug,
    people: people.map(({ userID, name }) => ({ person: userID, name })),
  }));
  return { origin: sandbox.origin, control: `${sandbox.origin}/control`, providers };
}

function introduce(
  line: CommandLine,
  sandbox: Sandbox,
  definitions: ReadonlyMap<string, NamedDefinition>,
): void {
  const { origin, control, providers } = describe(sandbox, definitions);
  line.say(`\nSandbox providers run at ${origin}\n`);
  line.table(
    ['PROVIDER', 'NAME', 'PEOPLE WHO CAN LOG IN'],
    providers.map(({ slug, name, people }) => [slug, name, people.map((one) => one.name).join(', ')]),
  );
  const [first] = providers;
  const slug = first?.slug ?? 'oura';
  const person = first?.people[0]?.person ?? 'PERSON';
  line.say(`
An address https://HOST/path of a provider is answered at ${origin}/PROVIDER/HOST/path.

Who is there, and every dial:

  curl -s ${control}

What happened (tokens are digests):

  curl -s '${control}/ledger?slug=${slug}'

Turn dials: the next two refreshes are carried out and their answers lost; and back to normal:

  curl -s -X PUT -d '{"faults":[{"kind":"commit-then-drop","on":["refresh"],"times":2}]}' ${control}/dials/${slug}
  curl -s -X PUT -d '{}' ${control}/dials/${slug}

The participant ends her consent at the provider; her access tokens expire:

  curl -s -X POST ${control}/people/${slug}/${person}/revoke
  curl -s -X POST ${control}/people/${slug}/${person}/expire

Everything is forgotten when it stops. Ctrl-C stops it.
`);
}
