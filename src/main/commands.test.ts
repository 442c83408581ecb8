import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import { CommandLine, type AddCommand } from './commandLine.ts';

const commandsFolder = join(import.meta.dirname, 'commands');
const line = new CommandLine({ environment: {}, stdout: process.stdout, stderr: process.stderr });

const program = new Command();
for (const { value } of await loadFolder(commandsFolder, 'command')) (value as AddCommand)(program, line);

/** Folders of groups below a folder, as paths from the folder of the commands. */
function foldersIn(folder: string): string[] {
  return readdirSync(join(commandsFolder, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [join(folder, name), ...foldersIn(join(folder, name))]);
}

/** Names of the files in a folder that hold a command; the others serve them. */
async function commandFilesIn(folder: string): Promise<string[]> {
  const files = readdirSync(join(commandsFolder, folder)).filter((file) => file.endsWith('.ts'));
  const holding = await Promise.all(
    files.map(async (file) => 'command' in ((await import(join(commandsFolder, folder, file))) as object)),
  );
  return files.filter((_, index) => holding[index]).map((file) => basename(file, '.ts'));
}

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Names of the subcommands of the group that a folder belongs to; none when there is no such group. */
function subcommandsOf(folder: string): string[] {
  let group: Command | undefined = program;
  for (const part of folder.split('/'))
    group = group?.commands.find((command) => command.name() === kebab(part));
  return (group?.commands ?? []).map((command) => command.name());
}

describe('a folder of subcommands', () => {
  it.each(foldersIn('.'))('%s belongs to the command of its name, which has all of them', async (folder) => {
    expect(subcommandsOf(folder).sort()).toEqual((await commandFilesIn(folder)).map(kebab).sort());
  });
});
