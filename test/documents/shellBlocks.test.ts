// On one PostgreSQL: what a shell reads and prints is what it is about.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStudy, type Study } from '../builders/study.ts';
import { endProcess, startServiceProcess, type ServiceProcess } from '../harness/serviceProcess.ts';
import { createTestDatabase, urlOf } from '../harness/testDatabase.ts';
import { testMasterKeys } from '../harness/testVault.ts';
import { startCommandServer, type CommandServer } from './commandServer.ts';
import { readText, root } from './projectFiles.ts';
import { findDocuments, readShellBlocks } from './shellBlocks.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/**
 * Every shell block of README and the guides is run as it is printed, those of a document one after the other in one
 * shell. Only ports are others, because the usual ones may be taken.
 */
const missing = ['bash', 'curl', 'python3', 'openssl'].filter(
  (program) => spawnSync(program, [program === 'openssl' ? 'version' : '--version']).status !== 0,
);
if (missing.length > 0)
  console.warn(
    `SKIPPED, NOT PROVEN: the shell blocks of the documents need ${missing.join(', ')}, not here.`,
  );

/** Documents for whoever has started `npm start`, in this order, in one shell and with one service. */
const rehearsed = ['README.md', 'docs/guides/list-accounts.md', 'docs/guides/sandbox.md'];
/** Documents for whoever runs a study. */
const others = (await findDocuments()).filter((file) => !rehearsed.includes(file));

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function makeDirectory(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-documents-'));
  folders.push(folder);
  return folder;
}

interface Preparation {
  readonly needsService?: boolean;
  /** Commands in the shell of the document. */
  readonly typed?: (study: Study) => string | Promise<string>;
}

const inherited = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };

describe.skipIf(missing.length > 0)('as printed, beside npm start in a fresh checkout,', () => {
  let terminal: Terminal;
  let directory: string;
  let addresses: ReadonlyMap<string, string>;
  beforeAll(async () => {
    directory = await makeDirectory();
    // A checkout without a database: what npm and Node look for leads to this one.
    for (const name of [
      'package.json',
      'node_modules',
      'src',
      'migrations',
      'examples',
      'docs',
      'openapi.json',
    ])
      await symlink(join(root, name), join(directory, name));
    const port = await findPort();
    terminal = openTerminal({
      directory,
      environment: {
        ...inherited,
        TRIBUTARY_PORT: String(port),
        BASE: `http://localhost:${port}`,
        NODE_COMPILE_CACHE: join(directory, 'compiled'),
      },
    });
  });
  afterAll(() => terminal.close());

  /** The text of a document with the addresses that this run has. */
  const here = (text: string) =>
    [...addresses].reduce((changed, [printed, real]) => changed.replaceAll(printed, real), text);

  it('npm start says what README says', async () => {
    const [start] = await readShellBlocks('README.md');
    expect(start).toMatchObject({
      mark: 'stays running',
      text: expect.stringContaining('npm start') as string,
    });
    const printed = await terminal.start(start!.text, /Ctrl-C stops/);
    const find = (pattern: RegExp) => pattern.exec(printed)?.[1] ?? expect.fail(printed);
    addresses = new Map([
      ['http://localhost:8080', find(/Tributary runs at (\S+)/)],
      ['http://127.0.0.1:8081', find(/are played at (\S+)/)],
      ['http://127.0.0.1:8082', find(/Open (\S+)\/ and connect/)],
    ]);
    const [said = ''] = await readOutputs('README.md');
    expect(printed).toContain(here(said).trim());
  }, 60_000);

  it.each(rehearsed)(
    '%s',
    async (file) => {
      if (file.endsWith('sandbox.md')) await terminal.run(await nameSandboxPeople());
      for (const block of await readShellBlocks(file))
        if (block.mark === undefined) await terminal.run(here(block.text));
    },
    60_000,
  );

  it('the export is the one that README shows a row of', async () => {
    const [, shown = ''] = await readOutputs('README.md');
    const lines = (await terminal.run('cat DataScopes.csv')).split('\n');
    expect(lines).toEqual(expect.arrayContaining(shown.trimEnd().split('\n')));
  });

  /** Sets the variables of the guide to the first person of each of its providers. */
  async function nameSandboxPeople(): Promise<string> {
    const control = await fetch(`${addresses.get('http://127.0.0.1:8081')}/control`);
    const { providers } = (await control.json()) as {
      providers: { slug: string; people: { person: string }[] }[];
    };
    const find = (slug: string) => providers.find((one) => one.slug === slug)!.people[0]!.person;
    return `PERSON='${find('oura')}' RUNNER='${find('garmin')}'`;
  }
});

describe.skipIf(missing.length > 0)('as printed, for a study of its own,', () => {
  let commands: CommandServer;
  beforeAll(async () => {
    commands = await startCommandServer();
  });
  afterAll(() => commands.close());

  it.each(others)(
    '%s',
    async (file) => {
      const blocks = (await readShellBlocks(file)).filter(({ mark }) => mark === undefined);
      if (blocks.length === 0) return;
      const directory = await makeDirectory();
      // The files that the blocks name.
      await cp(join(root, 'test/fixtures/documents'), directory, { recursive: true });
      const { database, target } = await createTestDatabase();
      const study = await createStudy(database);
      const environment = {
        ...inherited,
        TRIBUTARY_DATABASE_URL: urlOf(target),
        TRIBUTARY_DATA_DIR: join(directory, 'var'),
        TRIBUTARY_MASTER_KEYS_FILE: join(directory, 'master-keys'),
      };
      const terminal = openTerminal({
        directory,
        functions: commands.functions,
        environment: { ...environment, PROJECT: study.projectID },
      });
      let service: ServiceProcess | undefined;
      try {
        await terminal.run(`(umask 077; echo '${testMasterKeys}' > master-keys)`);
        const { needsService = false, typed } = preparations[file] ?? {};
        if (needsService) {
          service = await startServiceProcess([], environment);
          await terminal.run(`BASE=${service.url}`);
        }
        if (typed !== undefined) await terminal.run(await typed(study));
        let printed = '';
        for (const { text } of blocks) printed += await terminal.run(text);
        for (const part of expected[file] ?? []) expect(printed).toMatch(part);
      } finally {
        await terminal.close();
        if (service !== undefined) await endProcess(service.child, 'SIGTERM');
      }
    },
    60_000,
  );

  /** What a reader of these has already: a service that runs, a client, somebody who takes part. */
  const preparations: Readonly<Record<string, Preparation>> = {
    'docs/guides/clients.md': {
      needsService: true,
      typed: async (study) => `
        tributary service-account create --project $PROJECT --name Tributary.client
        TOKEN=$(tributary token --key var/keys/Tributary.client.pem --account Tributary.client --url $BASE)
        PARTICIPANT=${await study.addParticipant('P-guide')}
        PARTICIPANT_TOKEN=$(tributary token --key var/keys/Tributary.client.pem --account Tributary.client \\
          --participant $PARTICIPANT --url $BASE)`,
    },
    'docs/guides/directories.md': { typed: () => 'gzip brands.json' },
    'docs/guides/keys.md': { needsService: true },
    'docs/guides/operating.md': {
      typed: () => `
        tributary service-account create --project $PROJECT --name MyDataHelps.RIVER.analyst
        THUMBPRINT=$(tributary service-account list --project $PROJECT --json |
          sed -n 's/.*"thumbprint": "\\(.*\\)".*/\\1/p')`,
    },
  };
  /** What must come of it, beside that nothing fails. */
  const expected: Record<string, readonly RegExp[]> = {
    'docs/guides/clients.md': [
      /"expires_in":21600,"token_type":"Bearer","scope":"ExternalAccounts:read Participant:read"/,
      /"participantIdentifier":"P-guide"/,
    ],
    'docs/guides/keys.md': [/k-/],
  };
});

/** Blocks without a language: what a command prints. */
async function readOutputs(file: string): Promise<string[]> {
  const blocks = (await readText(file)).matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, language, text = '']) => (language === '' ? [text] : []));
}

/** A port that is free now, with free ones behind it as far as one can know. */
async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
