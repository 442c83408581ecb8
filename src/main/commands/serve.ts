import process from 'node:process';
import type { Catalogue } from '../../definitions/catalogue.ts';
import { createLogger, defineEvent, type Logger } from '../../platform/log/logger.ts';
import type { Database } from '../../platform/storage/database.ts';
import { adviseUpdate } from '../adviseUpdate.ts';
import { CommandFailed, type AddCommand, type CommandLine } from '../commandLine.ts';
import type { Config } from '../config.ts';
import { readConfiguration } from '../readConfiguration.ts';
import { openPublicDoors, openSandboxDoors, type Doors } from '../rehearsal/openDoors.ts';
import { refuseRehearsal } from '../rehearsal/refuseRehearsal.ts';
import { startRehearsal } from '../rehearsal/startRehearsal.ts';
import type { StudySite } from '../rehearsal/studySite.ts';
import { listOrganisations, retireOrganisations } from '../sample/listOrganisations.ts';
import { ensureSampleStudy, type SampleStudy } from '../sampleStudy.ts';
import { serve, type RunningService } from '../serve.ts';

interface Options {
  readonly withSample?: boolean;
  readonly sandbox?: boolean;
  readonly json?: boolean;
}

interface Setting {
  readonly config: Config;
  readonly log: Logger;
}

const outdated = defineEvent('postgres-outdated', 'warn', 'version', 'newer', 'remedy');
const ignored = defineEvent('settings-ignored', 'info', 'names', 'reason');

/** `tributary serve`: the service itself. */
export const command: AddCommand = (program, line) => {
  program
    .command('serve')
    .description('Runs the service until it is told to stop (SIGTERM or Ctrl-C).')
    .option(
      '--with-sample',
      'make a sample study when there is no project yet, with sandbox providers and a page to rehearse on, and print how to use them',
    )
    .option('--sandbox', 'play every provider that has no credentials, on this machine alone')
    .option('--json', 'print where the service is as JSON')
    .addHelpText('after', '\nExample:\n  TRIBUTARY_PORT=9000 tributary serve')
    .action(async (options: Options) => {
      const { config, catalogue } = await readConfiguration(line.environment);
      const setting = { config, log: createLogger(config.TRIBUTARY_LOG_LEVEL) };
      if (line.serviceLinks.length > 0)
        setting.log(ignored, { names: line.serviceLinks.join(', '), reason: 'service-links' });
      const doors = await openDoors(line, options, { ...setting, catalogue });
      try {
        await run(line, options, { ...setting, doors });
      } finally {
        await doors.close();
      }
    });
};

function openDoors(
  line: CommandLine,
  { withSample = false, sandbox = false }: Options,
  { catalogue, config, log }: Setting & { readonly catalogue: Catalogue },
): Promise<Doors> | Doors {
  if (!withSample && !sandbox) return openPublicDoors(catalogue);
  const refusal = refuseRehearsal(config);
  if (refusal === undefined) {
    const { clock, random } = line;
    return openSandboxDoors({ config, catalogue, clock, random, log });
  }
  if (sandbox) throw new CommandFailed(refusal);
  line.remark(refusal);
  return openPublicDoors(catalogue);
}

async function run(
  line: CommandLine,
  options: Options,
  { config, log, doors }: Setting & { readonly doors: Doors },
): Promise<void> {
  const { clock, random } = line;
  let sample: SampleStudy | undefined;
  const service = await serve({
    config,
    clock,
    random,
    log,
    catalogue: doors.catalogue,
    findDoor: doors.findDoor,
    onProgress: (message) => line.remark(message),
    beforeListening: async (database) => {
      sample = await prepareSample(line, options, { database, doors });
    },
  });
  const ended = stopOnSignal(service);
  let site: StudySite | undefined;
  try {
    if (sample !== undefined && doors.sandbox !== undefined) site = await openSite(line, service, sample);
    const { url, postgres } = service;
    const remedy = adviseUpdate(config, postgres);
    // Whoever tries it out has nothing to lose yet, and reads a sentence beside the addresses.
    const isTrial = sample !== undefined && options.json !== true;
    if (remedy !== undefined && !isTrial) log(outdated, { ...postgres, remedy });
    tell(line, options, { url, sandbox: doors.sandbox, sample, site });
    if (remedy !== undefined && isTrial)
      line.say(`PostgreSQL ${postgres.version} runs here, and ${postgres.newer} is out: ${remedy}.\n`);
    const failure = await Promise.race([ended, service.failed.then((reason) => ({ reason }))]);
    if (failure !== undefined) throw new CommandFailed(`The service stopped: ${failure.reason}`);
  } catch (error) {
    await service.stop('failure');
    throw error;
  } finally {
    await site?.close();
  }
}

/** The sample study, if it is wanted, and its organisations wherever a sandbox plays them. */
async function prepareSample(
  { config, clock, random }: CommandLine,
  { withSample = false }: Options,
  { database, doors }: { readonly database: Database; readonly doors: Doors },
): Promise<SampleStudy | undefined> {
  doors.nameJourneys?.(database);
  const listing = { database, definitions: doors.catalogue.definitions, clock };
  if (doors.sandbox === undefined) await retireOrganisations(listing);
  if (!withSample) return undefined;
  const sample = await ensureSampleStudy({
    database,
    dataDirectory: config.TRIBUTARY_DATA_DIR,
    clock,
    random,
  });
  if (sample !== undefined && doors.sandbox !== undefined) await listOrganisations(listing);
  return sample;
}

function openSite(
  { config, clock, random }: CommandLine,
  { url: serviceUrl, installation: { database } }: RunningService,
  sample: SampleStudy,
): Promise<StudySite> {
  return startRehearsal({ database, config, sample, serviceUrl, clock, random });
}

/** Resolves when the service has stopped after a signal. A second signal ends the process at once. */
function stopOnSignal(service: RunningService): Promise<undefined> {
  return new Promise((resolve, reject) => {
    let told = false;
    const stop = (signal: NodeJS.Signals) => {
      if (told) process.exit(1);
      told = true;
      service.stop(signal).then(() => resolve(undefined), reject);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}

interface Running {
  readonly url: string;
  readonly sandbox: string | undefined;
  readonly sample: SampleStudy | undefined;
  readonly site: StudySite | undefined;
}

function tell(line: CommandLine, { json = false }: Options, { url, sandbox, sample, site }: Running): void {
  const studyPage = site === undefined ? undefined : `${site.origin}/`;
  if (json) {
    line.json({ url, studyPage, sandbox, ...sample });
    return;
  }
  if (studyPage !== undefined)
    line.say(
      `\nOpen ${studyPage} and connect Garmin or a hospital, as a participant of a sample study does.`,
    );
  line.say(`\nTributary runs at ${url}`);
  if (sandbox !== undefined)
    line.say(
      `Providers without credentials are played at ${sandbox} (a sandbox: its people and data are invented).`,
    );
  if (sample !== undefined) explainSample(line, url, sample);
}

function explainSample(
  line: CommandLine,
  url: string,
  { projectID, serviceAccount, keyFile }: SampleStudy,
): void {
  const project = `${url}/api/v1/administration/projects/${projectID}`;
  line.say(`
A sample study is in it. In another terminal, in this directory:

1. Get an access token (it lasts an hour):

   TOKEN=$(npm run --silent tributary -- token --key ${keyFile} --account ${serviceAccount} --url ${url})

2. List external accounts:

   curl -s -H "Authorization: Bearer $TOKEN" "${project}/externalAccounts?limit=3"

3. Download the Data Scopes export:

   curl -s -H "Authorization: Bearer $TOKEN" -o DataScopes.csv "${project}/exports/data-scopes"

   or, without a token:

   npm run --silent tributary -- export data-scopes --project ${projectID} --output DataScopes.csv

Ctrl-C stops the service and its database.
`);
}
