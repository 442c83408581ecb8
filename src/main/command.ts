#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { join } from 'node:path';
import process from 'node:process';
import { KeyTrouble } from '../keys/keyTrouble.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { ConfigError } from '../platform/config/parseConfig.ts';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import { DataDirectoryInUse } from '../platform/storage/embeddedPostgres.ts';
import { SchemaMismatch } from '../platform/storage/migrate.ts';
import { CommandFailed, CommandLine, type AddCommand, type CommandLineParts } from './commandLine.ts';

/** Exit codes: what was asked failed; what was typed is not a command. */
const failed = 1;
const wrongUsage = 2;

/**
 * Runs one command line and gives its exit code. Results go to standard output, everything else to standard
 * error; a failure is one sentence that says what to do, never a stack.
 */
export async function runCommand(words: readonly string[], parts: CommandLineParts): Promise<number> {
  const line = new CommandLine(parts);
  const program = new Command('tributary')
    .description(
      'External accounts of health studies: connections, their status, and the scopes that were granted.',
    )
    .configureOutput({
      writeOut: (text) => parts.stdout.write(text),
      writeErr: (text) => parts.stderr.write(text),
    })
    .showHelpAfterError('(add --help for the options and an example)')
    .exitOverride();
  for (const { value } of await loadFolder(join(import.meta.dirname, 'commands'), 'command'))
    (value as AddCommand)(program, line);
  forEachCommand(program, (command) => command.exitOverride().copyInheritedSettings(program));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    return explain(error, parts);
  }
}

function explain(error: unknown, parts: CommandLineParts): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage;
  const expected = [CommandFailed, KeyTrouble, DomainError, ConfigError, DataDirectoryInUse, SchemaMismatch];
  const { code } = error as { code?: unknown };
  if (error instanceof Error && (expected.some((kind) => error instanceof kind) || typeof code === 'string'))
    parts.stderr.write(`error: ${error.message}\n`);
  else
    parts.stderr.write(
      `error: unexpected failure\n${error instanceof Error ? error.stack : String(error)}\n`,
    );
  return failed;
}

function forEachCommand(parent: Command, act: (command: Command) => void): void {
  for (const command of parent.commands) {
    act(command);
    forEachCommand(command, act);
  }
}

/** Runs this process's own command line: its words, streams and environment. */
export async function runProcess(): Promise<void> {
  // A reader that closed the pipe (`| head`) is done, not a failure of ours. Only standard output is meant: a
  // database that goes away breaks a pipe too.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  // The entry point is the one place that hands the environment in.
  // eslint-disable-next-line no-restricted-properties
  process.exitCode = await runCommand(process.argv.slice(2), { ...process, environment: process.env });
}

if (import.meta.main) await runProcess();
