import process from 'node:process';
import { createLogger } from '../../platform/log/logger.ts';
import { CommandFailed, type AddCommand, type CommandLine } from '../commandLine.ts';
import { readConfiguration } from '../readConfiguration.ts';
import { ensureSampleStudy, type SampleStudy } from '../sampleStudy.ts';
import { serve, type RunningService } from '../serve.ts';

export const command: AddCommand = (program, line) => {
  program
    .command('serve')
    .description('Runs the service until it is told to stop (SIGTERM or Ctrl-C).')
    .option('--with-sample', 'make a sample study when there is no project yet, and print how to use it')
    .option('--json', 'print where the service is as JSON')
    .addHelpText('after', '\nExample:\n  TRIBUTARY_PORT=9000 tributary serve')
    .action(async (options: { withSample?: boolean; json?: boolean }) => {
      const { clock, random } = line;
      const { config, catalogue } = await readConfiguration(line.environment);
      const service = await serve({
        config,
        catalogue,
        clock,
        random,
        log: createLogger(config.TRIBUTARY_LOG_LEVEL),
        onProgress: (message) => line.remark(message),
      });
      const ended = stopOnSignal(service);
      try {
        const sample =
          options.withSample === true
            ? await ensureSampleStudy({ ...sampleParts(line), database: service.installation.database })
            : undefined;
        if (options.json === true) line.json({ url: service.url, ...sample });
        else greet(line, service.url, sample);
        const failure = await Promise.race([ended, service.failed.then((reason) => ({ reason }))]);
        if (failure !== undefined) throw new CommandFailed(`The service stopped: ${failure.reason}`);
      } catch (error) {
        await service.stop('failure');
        throw error;
      }
    });
};

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

function sampleParts({ config, clock, random }: CommandLine) {
  return { dataDirectory: config.TRIBUTARY_DATA_DIR, clock, random };
}

function greet(line: CommandLine, url: string, sample: SampleStudy | undefined): void {
  line.say(`\nTributary runs at ${url}`);
  if (sample === undefined) return;
  const { projectID, serviceAccount, keyFile } = sample;
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
