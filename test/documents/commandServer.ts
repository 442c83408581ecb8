import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runCommand } from '../harness/runCommand.ts';

/** The command line for a shell, without a process for each command: those take a second each. */
export interface CommandServer {
  /** The shell function `tributary`. */
  readonly functions: string;
  close(): Promise<void>;
}

/** Runs commands of a shell in this process, in the shell's directory and with its environment. */
export async function startCommandServer(): Promise<CommandServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-command-'));
  const socket = join(folder, 'socket');
  const home = process.cwd();
  const server = createServer((request, response) => {
    answer(request.url!.slice(1)).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    functions: `
tributary() {
  local call code
  call=$(mktemp -d ${folder}/call-XXXXXX)
  pwd > "$call/directory"; env -0 > "$call/environment"; printf '%s\\0' "$@" > "$call/words"
  command curl --silent --show-error --fail --unix-socket ${socket} "http://here/$(basename "$call")"
  cat "$call/stderr" >&2; cat "$call/stdout"; read -r code < "$call/code"
  return "$code"
}
`,
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function answer(call: string): Promise<void> {
    const read = async (name: string) =>
      (await readFile(join(folder, call, name), 'utf8')).split('\0').slice(0, -1);
    const environment = Object.fromEntries(
      (await read('environment')).map((line): [string, string] => {
        const [name = '', ...value] = line.split('=');
        return [name, value.join('=')];
      }),
    );
    process.chdir((await readFile(join(folder, call, 'directory'), 'utf8')).trim());
    try {
      const { code, stdout, stderr } = await runCommand(await read('words'), environment);
      await Promise.all(
        Object.entries({ code: `${code}\n`, stdout, stderr }).map(([name, text]) =>
          writeFile(join(folder, call, name), text),
        ),
      );
    } finally {
      process.chdir(home);
    }
  }
}
