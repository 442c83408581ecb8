import { existsSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Writable, type Readable } from 'node:stream';
import process from 'node:process';
import { createGzip } from 'node:zlib';
import { Command, Option } from 'commander';
import { exportDefinitions } from '../../exports/exportDefinitions.ts';
import { defaultFormat, formatNames } from '../../exports/exportFormats.ts';
import { openExport, pipeThrough, type ExportRequest } from '../../exports/openExport.ts';
import { CommandFailed, guidOption, type AddCommand, type CommandLine } from '../commandLine.ts';

/** One subcommand for each definition of an export. */
export const command: AddCommand = (program, line) => {
  const exporting = program.command('export').description('Exports of a project.');
  for (const definition of exportDefinitions) exporting.addCommand(createExportCommand(definition, line));
};

interface ExportOptions {
  readonly project: string;
  readonly format: string;
  readonly json?: boolean;
  readonly gzip?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

function createExportCommand(definition: ExportRequest['definition'], line: CommandLine): Command {
  const { name, title, contents, fileStem } = definition;
  return new Command(name)
    .description(`Writes the ${title} export: ${contents}.`)
    .requiredOption('--project <guid>', 'project', guidOption)
    .addOption(
      new Option('--format <format>', 'form of the file').choices([...formatNames]).default(defaultFormat),
    )
    .option('--json', 'the same as --format json')
    .option('--gzip', 'compress')
    .option('--output <file>', 'file to write; it appears only when it is whole (default: standard output)')
    .option('--force', 'replace the file if there is one')
    .addHelpText(
      'after',
      `\nExample:\n  tributary export ${name} --project 5e0c…  --output ${fileStem}.${defaultFormat}`,
    )
    .action((options: ExportOptions) => {
      // Before the database is opened, and before anybody is told that an export began.
      refuseReplacing(options);
      return line.withProject(`export ${name}`, options.project, (database) =>
        writeTo(line, options.output, async () => {
          const { stream } = await openExport(database, line.clock, {
            definition,
            format: options.json === true ? 'json' : options.format,
            projectID: options.project,
            actor: line.actor,
          });
          return options.gzip === true ? pipeThrough(stream, createGzip()) : stream;
        }),
      );
    });
}

function refuseReplacing({ output, force = false }: ExportOptions): void {
  if (output === undefined || force || !existsSync(output)) return;
  throw new CommandFailed(`${output} exists already: name another file, or replace it with --force.`);
}

/**
 * Writes what `begin` opens to standard output, or to a file: beside the target, flushed, and only then under its
 * name, so that a file that exists is whole. Nothing is opened before it can be written.
 */
async function writeTo(
  line: CommandLine,
  path: string | undefined,
  begin: () => Promise<Readable>,
): Promise<void> {
  if (path === undefined) return pipeline(await begin(), passOn(line.stdout));
  const partial = `${path}.${process.pid}.partial`;
  const file = await open(partial, 'w', 0o600);
  try {
    const target = file.createWriteStream({ flush: true });
    await line.withProgress('Exporting', async (progress) => {
      target.on('drain', () =>
        progress(target.bytesWritten, undefined, `${Math.round(target.bytesWritten / 2 ** 20)} MiB`),
      );
      await pipeline(await begin(), target);
    });
    await rename(partial, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(partial).catch(() => undefined);
    throw error;
  }
}

/** Standard output, which must stay open for others, as the end of a pipeline. */
function passOn(target: Writable): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      target.write(chunk, done);
    },
  });
}
