import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/runCommand.ts';
import { createTestDatabase, urlOf, type TestDatabase } from '../harness/testDatabase.ts';

let test: TestDatabase;
let project: string;
beforeAll(async () => {
  test = await createTestDatabase();
});

const run = (...words: string[]) =>
  runCommand(['project', ...words], { TRIBUTARY_DATABASE_URL: urlOf(test.target) });

async function json(...words: string[]): Promise<unknown> {
  const result = await run(...words, '--json');
  expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(result.stdout);
}

async function words(...command: string[]): Promise<string> {
  const result = await run(...command);
  expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' });
  return result.stdout;
}

beforeEach(async () => {
  const created = await json('create', '--name', `Study ${randomUUID()}`);
  project = (created as { projectID: string }).projectID;
});

describe('the redirect targets of a study on the command line', () => {
  const redirect = (name: string, ...rest: string[]) => ['redirect', name, '--project', project, ...rest];

  it('are added, listed and removed', async () => {
    expect(await json(...redirect('list'))).toEqual([]);
    expect(await json(...redirect('add', 'https://Study.example.org', 'myapp:'))).toEqual({
      added: ['https://study.example.org', 'myapp:'],
    });
    expect(await json(...redirect('list'))).toEqual(['https://study.example.org', 'myapp:']);
    expect(await json(...redirect('remove', 'MYAPP:', 'otherapp:'))).toEqual({ removed: ['myapp:'] });
    expect(await json(...redirect('list'))).toEqual(['https://study.example.org']);
  });

  it('are printed for people too', async () => {
    expect(await words(...redirect('list'))).toBe('None.\n');
    expect(await words(...redirect('add', 'myapp:', 'http://localhost:3000'))).toBe(
      'Added: http://localhost:3000, myapp:.\n',
    );
    expect(await words(...redirect('add', 'myapp:'))).toBe('They are allowed already.\n');
    expect(await words(...redirect('list'))).toMatch(/TARGET\s+http:\/\/localhost:3000\s+myapp:/);
    expect(await words(...redirect('remove', 'myapp:'))).toBe('Removed: myapp:.\n');
    expect(await words(...redirect('remove', 'myapp:'))).toBe('None of them was allowed.\n');
  });

  it('are refused with what to write instead, and none of them is kept', async () => {
    expect(await run(...redirect('add', 'https://study.example.org', 'http://study.example.org'))).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: Without encryption only localhost, 127.0.0.1 and [::1] can be a target.\n',
    });
    expect(await json(...redirect('list'))).toEqual([]);
  });

  it.each([
    [['redirect', 'add'], 2, /required option '--project/],
    [['redirect', 'add', '--project', 'x', 'myapp:'], 2, /must be a GUID/],
    [['redirect', 'add', '--project', randomUUID()], 2, /missing required argument 'targets'/],
    [['redirect', 'add', '--project', randomUUID(), 'myapp:'], 1, /no project/],
    [['redirect', 'remove', '--project', randomUUID(), 'myapp:'], 1, /no project/],
    [['redirect', 'list', '--project', randomUUID()], 1, /no project/],
    [['connect'], 2, /required option '--project/],
    [['connect', '--project', randomUUID()], 1, /no project/],
    [
      ['connect', '--project', randomUUID(), '--from-anywhere', 'yes'],
      2,
      /Allowed choices are allow, refuse/,
    ],
  ] as const)('refuse %j', async (command, code, message) => {
    const result = await run(...command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
  });
});

describe('what a study demands of clients, on the command line', () => {
  const connect = (...rest: string[]) => ['connect', '--project', project, ...rest];

  it('is strict until it is changed, one by one', async () => {
    const strict = { allowWithoutVerifier: false, allowFromAnywhere: false };
    expect(await json(...connect())).toEqual(strict);
    const one = { ...strict, allowWithoutVerifier: true };
    expect(await json(...connect('--without-verifier', 'allow'))).toEqual(one);
    expect(await json(...connect('--from-anywhere', 'allow'))).toEqual({ ...one, allowFromAnywhere: true });
    const both = ['--without-verifier', 'refuse', '--from-anywhere', 'refuse'];
    expect(await json(...connect(...both))).toEqual(strict);
    expect(await json(...connect())).toEqual(strict);
  });

  it('is printed for people too', async () => {
    expect(await words(...connect('--from-anywhere', 'allow'))).toBe(
      'Clients without a verifier: refused.\nLinks that are opened from anywhere: allowed.\n',
    );
  });
});

describe('help', () => {
  it.each([
    ['redirect', 'add'],
    ['redirect', 'remove'],
    ['redirect', 'list'],
    ['connect', ''],
  ])('for project %s %s has an example', async (...command) => {
    const { stdout, code } = await run(...command.filter((word) => word !== ''), '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples?:\n  tributary project ${command.join(' ').trim()} `));
  });
});
