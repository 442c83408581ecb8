import type { Command } from 'commander';
import type { Catalogue } from '../../../definitions/catalogue.ts';
import { listMistakes, readDefinitions } from '../../../definitions/loadDefinitions.ts';
import { readCredentials } from '../../../definitions/readCredentials.ts';
import { settingPrefix } from '../../../definitions/settingNames.ts';
import { describeSetUp, type SetUpState } from '../../../definitions/setUpState.ts';
import {
  listSmartEndpoints,
  summariseDiscovery,
  surveyEndpoints,
  type SurveyedEndpoint,
} from '../../../oauth/surveyEndpoints.ts';
import { ConfigError } from '../../../platform/config/parseConfig.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import { CommandFailed, countOption, type CommandLine } from '../../commandLine.ts';
import { providersFolder } from '../../openCatalogue.ts';

interface CheckOptions {
  readonly discover?: boolean;
  readonly limit: number;
  readonly concurrency: number;
  readonly search?: string;
  readonly json?: boolean;
}

/** `tributary providers check`: what is declared, what is set up, and what servers say about themselves. */
export function command(providers: Command, line: CommandLine, folder = providersFolder): void {
  providers
    .command('check')
    .description(
      'Says for each maker, vendor and plan whether it is set up and what is missing; with --discover also what ' +
        'the servers of health organisations publish about themselves. Fails when a declaration or setting is wrong.',
    )
    .option('--discover', 'look up the configuration of SMART endpoints, over the network')
    .option('--search <text>', 'with --discover: part of the name of an organisation or of an address')
    .option('--limit <count>', 'with --discover: endpoints at the most', countOption(1), 100)
    .option('--concurrency <count>', 'with --discover: endpoints at the same time', countOption(1, 64), 8)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  tributary providers check --discover --search mayo')
    .action((options: CheckOptions) => checkProviders(line, folder, options));
}

async function checkProviders(line: CommandLine, folder: string, options: CheckOptions): Promise<void> {
  const definitions = await readDefinitions(folder);
  const mistakes = [...listMistakes(definitions, line.clock)];
  // Without right declarations nobody knows which settings are right.
  const credentials =
    mistakes.length > 0
      ? new Map()
      : readOrCollect(() => readCredentials(definitions, line.environment), mistakes);
  const catalogue: Catalogue = { definitions, credentials };
  const states = describeSetUp(catalogue);
  const discover = options.discover === true && mistakes.length === 0;
  const endpoints = discover ? await survey(line, catalogue, options) : undefined;
  if (options.json === true)
    line.json(
      omitUndefined({
        providers: states,
        mistakes,
        endpoints: endpoints === undefined ? undefined : report(endpoints),
      }),
    );
  else {
    printStates(line, states);
    if (endpoints !== undefined) printEndpoints(line, endpoints);
  }
  if (mistakes.length > 0)
    throw new CommandFailed(
      `These have to be put right:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`,
    );
}

function readOrCollect(read: () => Catalogue['credentials'], mistakes: string[]): Catalogue['credentials'] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    mistakes.push(...error.mistakes);
    return new Map();
  }
}

async function survey(
  line: CommandLine,
  { definitions }: Catalogue,
  { limit, search, concurrency }: CheckOptions,
): Promise<readonly SurveyedEndpoint[]> {
  const endpoints = await line.withDatabase('providers check', (database) =>
    listSmartEndpoints(
      database,
      omitUndefined({
        definitions,
        limit,
        search,
      }),
    ),
  );
  return line.withProviderFetch((fetch) =>
    line.withProgress('Looking up', (progress) =>
      surveyEndpoints(fetch, endpoints, {
        concurrency,
        onProgress: (done, total) => progress(done, total, `${done} of ${total} endpoints`),
      }),
    ),
  );
}

function printStates(line: CommandLine, states: readonly SetUpState[]): void {
  const words = {
    ready: 'ready',
    'not-set-up': 'not set up',
    retired: 'retired',
    closed: 'closed to studies',
  } as const;
  line.table(
    ['PROVIDER', 'STATE', 'REGION', 'CHECKED', 'TO VERIFY', 'MISSING'],
    states.map((state) => [
      state.slug,
      `${words[state.state]}${state.beta ? ', beta' : ''}`,
      state.region,
      state.checkedOn,
      state.uncertainFacts === 0 ? '' : state.uncertainFacts,
      shorten(state),
    ]),
  );
}

/** The first name whole, of the others what differs: names are long. */
function shorten({ slug, missing }: SetUpState): string {
  const [first = '', ...others] = missing.join(', ').split(settingPrefix(slug)).slice(1);
  return first === '' ? '' : [settingPrefix(slug) + first, ...others.map((part) => `…_${part}`)].join('');
}

/** How often each outcome came, the most frequent first. */
function count(endpoints: readonly SurveyedEndpoint[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { discovery } of endpoints) {
    const outcome = summariseDiscovery(discovery);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return [...counts].sort(([left, more], [right, less]) => less - more || (left < right ? -1 : 1));
}

function report(endpoints: readonly SurveyedEndpoint[]) {
  return { checked: endpoints.length, outcomes: Object.fromEntries(count(endpoints)), endpoints };
}

function printEndpoints(line: CommandLine, endpoints: readonly SurveyedEndpoint[]): void {
  line.say(`\n${endpoints.length} endpoints looked up.`);
  if (endpoints.length === 0) return;
  line.table(
    ['ENDPOINTS', 'CONFIGURATION'],
    count(endpoints).map(([outcome, times]) => [times, outcome]),
  );
  const notable = endpoints.filter(({ discovery }) => summariseDiscovery(discovery) !== 'complete');
  if (notable.length === 0) return;
  line.say('');
  line.table(
    ['ENDPOINT', 'DEFINITION', 'ORGANISATION', 'CONFIGURATION'],
    notable.map(({ endpoint, definition, organisation, organisations, discovery }) => [
      endpoint,
      definition,
      organisations === 1 ? organisation : `${organisation} and ${organisations - 1} more`,
      summariseDiscovery(discovery),
    ]),
  );
}
