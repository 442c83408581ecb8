import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { open } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemRandom } from '../random/random.ts';
import {
  addMasterKeyLine,
  fingerprintFile,
  readMasterKeyFile,
  removeMasterKeyLine,
} from './masterKeyFile.ts';
import { generateMasterKey } from './masterKeys.ts';

const isRoot = process.geteuid?.() === 0;
let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-key-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string, mode = 0o600): string {
  const path = join(folder, `keys-${++count}`);
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
}

async function mistakesOf(path: string): Promise<readonly string[]> {
  const read = await readMasterKeyFile(path);
  if (read.outcome === 'refused') return read.mistakes;
  throw new Error(read.outcome);
}

const modeOf = (path: string) => statSync(path).mode & 0o777;
const { line, keyID } = generateMasterKey(systemRandom);

describe('a key file', () => {
  it('is read when nobody else can get at it, also through a link', async () => {
    for (const mode of [0o600, 0o400]) {
      const path = fileWith(`${line}\n`, mode);
      const link = `${path}.link`;
      symlinkSync(path, link);
      for (const way of [path, link])
        expect(await readMasterKeyFile(way)).toMatchObject({ outcome: 'read', keys: new Map([[keyID, {}]]) });
    }
  });

  it.each([0o604, 0o640, 0o660, 0o644, 0o602, 0o601, 0o610])('is refused with mode %o', async (mode) => {
    expect(await mistakesOf(fileWith(line, mode))).toEqual([expect.stringContaining('others can get at it')]);
  });

  it('is refused when it is no regular file, without waiting for anybody', async () => {
    const pipe = join(folder, 'pipe');
    expect(spawnSync('mkfifo', ['-m', '600', pipe]).status).toBe(0);
    expect(await mistakesOf(pipe)).toEqual(['it is not a regular file']);
    mkdirSync(join(folder, 'directory'), { mode: 0o700 });
    expect(await mistakesOf(join(folder, 'directory'))).toEqual(['it is not a regular file']);
    expect(await mistakesOf('/dev/null')).toEqual(['it is not a regular file']);
  });

  it.runIf(isRoot)('is refused when it belongs to another user, with everything else', async () => {
    const path = fileWith(line, 0o644);
    chownSync(path, 65_534, 65_534);
    expect(await mistakesOf(path)).toEqual([
      expect.stringContaining('mode 0644'),
      'it belongs to another user',
    ]);
  });

  it('is refused when it is far too large, and told apart from one that is not there', async () => {
    const sized = (bytes: number) => fileWith(`${line}\n${'#'.repeat(bytes - line.length - 1)}`);
    expect(await readMasterKeyFile(sized(64 * 1024))).toMatchObject({ outcome: 'read' });
    expect(await mistakesOf(sized(64 * 1024 + 1))).toEqual(['it is too large to be a list of keys']);
    expect(await readMasterKeyFile(join(folder, 'none'))).toEqual({ outcome: 'absent' });
    expect(await mistakesOf(join(fileWith(line), 'beneath'))).toEqual(['it cannot be read (ENOTDIR)']);
  });

  it.runIf(isRoot).each([
    [1_000, 0, []],
    [1_000, 1_000, []],
    [0, 0, []],
    [1_000, 1_001, ['it belongs to another user']],
    [0, 1_001, ['it belongs to another user']],
  ])('that a process of user %i finds in the hands of user %i: %j', async (process_, owner, mistakes) => {
    const path = fileWith(line);
    chownSync(path, owner, owner);
    vi.spyOn(process, 'geteuid').mockReturnValue(process_);
    try {
      const read = await readMasterKeyFile(path);
      expect(read.outcome === 'refused' ? read.mistakes : []).toEqual(mistakes);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('is closed again, whatever is done with it', async () => {
    const path = fileWith(line);
    const openFiles = () => readdirSync('/proc/self/fd').length;
    await readMasterKeyFile(path);
    const before = openFiles();
    for (let times = 0; times < 20; times++) {
      await readMasterKeyFile(path);
      await readMasterKeyFile(folder);
      await addMasterKeyLine(path, `# ${times}`);
    }
    // Others may open a file meanwhile, but not as many.
    expect(openFiles() - before).toBeLessThan(10);
  });
});

describe('the fingerprint of a key file', () => {
  it('changes with every change, of which one of the same length is one, and tells a file that is gone', async () => {
    const path = fileWith('one');
    const seen = [await fingerprintFile(path), await fingerprintFile(join(folder, 'none'))];
    expect(seen[1]).toBe('absent');
    expect(await fingerprintFile(path)).toBe(seen[0]);
    writeFileSync(path, 'two');
    seen.push(await fingerprintFile(path));
    chmodSync(path, 0o400);
    seen.push(await fingerprintFile(path));
    expect(new Set(seen).size).toBe(4);
  });
});

describe('adding and removing lines', () => {
  it('makes a file for us alone, in a folder for us alone, and leaves nothing else', async () => {
    const path = join(folder, 'made', 'master-keys');
    await addMasterKeyLine(path, line);
    expect(modeOf(path)).toBe(0o600);
    expect(modeOf(join(folder, 'made'))).toBe(0o700);
    expect(await readMasterKeyFile(path)).toMatchObject({ outcome: 'read', keys: new Map([[keyID, {}]]) });
    expect(readdirSync(join(folder, 'made'))).toEqual(['master-keys']);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^# Key-encryption keys [^]*never beside a copy of the database\.\nk-/,
    );
  });

  it('changes nothing in a file that would not be read, and says why', async () => {
    const path = fileWith(line, 0o640);
    await expect(addMasterKeyLine(path, '# another')).rejects.toThrow(/^others can get at it \(mode 0640\)/);
    await expect(removeMasterKeyLine(path, keyID)).rejects.toThrow('The key file cannot be read');
    expect(readFileSync(path, 'utf8')).toBe(line);
    await expect(removeMasterKeyLine(join(folder, 'none'), keyID)).rejects.toThrow(
      'The key file cannot be read',
    );
    expect(readdirSync(folder)).not.toContain('none');
  });

  it('takes a line out however it is indented, and leaves one that says more than this key', async () => {
    const path = fileWith(`  ${line.replace(' ', '\t ')}  \n${keyID}2 x\n${line}, ${line}\n`);
    expect(await removeMasterKeyLine(path, keyID)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(`${keyID}2 x\n${line}, ${line}\n`);
  });

  it('brings the new file to the disk before it takes the place of the old one, and then the folder', async () => {
    const path = fileWith(`${line}\n`);
    const handle = await open(path);
    const kind = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const seen: string[] = [];
    const original = Object.getOwnPropertyDescriptor(kind, 'sync')?.value as (
      this: typeof handle,
    ) => Promise<void>;
    vi.spyOn(kind, 'sync').mockImplementation(async function (this: typeof handle) {
      seen.push((await this.stat()).isDirectory() ? 'folder' : 'file', readFileSync(path, 'utf8'));
      return original.call(this);
    });
    try {
      await addMasterKeyLine(path, '# another');
    } finally {
      vi.restoreAllMocks();
    }
    expect(seen).toEqual(['file', `${line}\n`, 'folder', `${line}\n# another\n`]);
  });

  it('keeps what is there: remarks, order, links, and a last line without a break', async () => {
    const path = fileWith(`# mine\n${line}`);
    const link = `${path}.link`;
    symlinkSync(path, link);
    const second = generateMasterKey(systemRandom);
    const before = await fingerprintFile(link);
    await addMasterKeyLine(link, second.line);
    expect(readFileSync(path, 'utf8')).toBe(`# mine\n${line}\n${second.line}\n`);
    expect(await fingerprintFile(link)).not.toBe(before);
    expect(await removeMasterKeyLine(link, keyID)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(`# mine\n${second.line}\n`);
    expect(await removeMasterKeyLine(link, keyID)).toBe(false);
  });

  it('goes on over what a killed process left behind', async () => {
    const path = fileWith(`${line}\n`);
    writeFileSync(`${path}.new`, 'half a li');
    const second = generateMasterKey(systemRandom);
    await addMasterKeyLine(path, second.line);
    expect(readFileSync(path, 'utf8')).toBe(`${line}\n${second.line}\n`);
  });
});
