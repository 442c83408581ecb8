import { open, rename, unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Writable, type Readable } from 'node:stream';
import process from 'node:process';
import { createGzip } from 'node:zlib';
import { Command, Option } from 'commander';
import { definition } from '../../exports/definitions/dataScopes.ts';
import { formatNames, openExport, through } from '../../exports/openExport.ts';
import { guidOption, type AddCommand, type CommandLine } from '../commandLine.ts';

export const command: AddCommand = (program, line) => {
  const exporting = program.command('export').description('Exports of a project.');
  exporting.addCommand(
    new Command('data-scopes')
      .description('Writes the Data Scopes export: every device account with the scopes granted now.')
      .requiredOption('--project <guid>', 'project', guidOption)
      .addOption(new Option('--format <format>', 'form of the file').choices([...formatNames]).default('csv'))
      .option('--json', 'the same as --format json')
      .option('--gzip', 'compress')
      .option('--output <file>', 'file to write; it appears only when it is whole (default: standard output)')
      .addHelpText(
        'after',
        '\nExample:\n  tributary export data-scopes --project 5e0c…  --output DataScopes.csv',
      )
      .action(
        async (options: {
          project: string;
          format: string;
          json?: boolean;
          gzip?: boolean;
          output?: string;
        }) => {
          await line.withProject('export data-scopes', options.project, (database) =>
            writeTo(line, options.output, async () => {
              const { stream } = await openExport(database, line.clock, {
                definition,
                format: options.json === true ? 'json' : options.format,
                projectID: options.project,
                actor: line.actor,
              });
              return options.gzip === true ? through(stream, createGzip()) : stream;
            }),
          );
        },
      ),
  );
};

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
