#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { join } from 'node:path';
import process from 'node:process';
import { KeyTrouble } from '../keys/keyTrouble.ts';
import { OperatorTrouble } from '../platform/errors/operatorTrouble.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { ConfigError, type Environment } from '../platform/config/parseConfig.ts';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import { isDatabaseError } from '../platform/storage/database.ts';
import { SchemaMismatch } from '../platform/storage/migrate.ts';
import { CommandFailed, CommandLine, type AddCommand, type CommandLineParts } from './commandLine.ts';
import { explainTrouble } from './explainTrouble.ts';
import { readVersion } from './readVersion.ts';

/** Exit codes: what was asked failed; what was typed is not a command. */
const failed = 1;
const wrongUsage = 2;

/**
 * Runs one command line and gives its exit code. Results go to standard output, everything else to standard
 * error; a failure is one sentence that says what to do, and a stack only for what nobody expects.
 */
export async function runCommand(words: readonly string[], parts: CommandLineParts): Promise<number> {
  const line = new CommandLine(parts);
  const program = new Command('tributary')
    .description(
      'External accounts of health studies: connections, their status, and the scopes that were granted.',
    )
    .version(readVersion(), '--version', 'print the version')
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
    const explained = explainFailure(error, line.environment);
    if (explained !== undefined) parts.stderr.write(`error: ${explained}\n`);
    return error instanceof CommanderError ? judgeUsage(error) : failed;
  }
}

function judgeUsage(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : wrongUsage;
}

/** What goes to standard error after `error: `; undefined for wrong usage, which is told already. */
function explainFailure(error: unknown, environment: Environment): string | undefined {
  if (error instanceof CommanderError) return undefined;
  const expected = [CommandFailed, KeyTrouble, DomainError, ConfigError, OperatorTrouble, SchemaMismatch];
  if (error instanceof Error && expected.some((kind) => error instanceof kind)) return error.message;
  return explainTrouble(error, environment) ?? `unexpected failure\n${describeUnexpected(error)}`;
}

/** With the stack; of what the database said only its code, because its words may hold rows. */
function describeUnexpected(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!isDatabaseError(error)) return error.stack ?? error.message;
  const frames = error.stack?.split('\n').filter((text) => text.startsWith('    at ')) ?? [];
  return [`The database refused a statement of ours (${error.code ?? 'no code'}).`, ...frames].join('\n');
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
  let outputFailure: Error | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    outputFailure ??= error;
  });
  // There is no other place to tell it; what is served goes on.
  process.stderr.on('error', () => undefined);
  // The entry point is the one place that hands the environment in.
  // eslint-disable-next-line no-restricted-properties
  const { env: environment } = process;
  const code = await runCommand(process.argv.slice(2), { ...process, environment });
  // A result is written behind our back: only after this is it known whether it arrived.
  await new Promise((resolve) => process.stdout.write('', resolve));
  process.exitCode = code === 0 && outputFailure !== undefined ? failed : code;
  if (code === 0 && outputFailure !== undefined)
    process.stderr.write(`error: ${explainFailure(outputFailure, environment)}\n`);
}

if (import.meta.main) await runProcess();
