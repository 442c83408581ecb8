import { constants, type Stats } from 'node:fs';
import { mkdir, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { parseMasterKeys, type ReadMasterKeys } from './masterKeys.ts';

/** Keys are a few lines; a file beyond this is something else. */
const bytesMax = 64 * 1024;

/** As {@link parseMasterKeys}, and `absent` when there is no file of this name. */
export type ReadMasterKeyFile = ReadMasterKeys | { readonly outcome: 'absent' };

/**
 * Reads a file of keys, which must be a regular file that belongs to us or to root and that nobody else can read or
 * change. Links are followed, because secrets are often mounted that way.
 */
export async function readMasterKeyFile(path: string): Promise<ReadMasterKeyFile> {
  const file = await readSafely(path);
  return file.outcome === 'text' ? parseMasterKeys(file.text) : file;
}

type SafeText =
  Exclude<ReadMasterKeyFile, { outcome: 'read' }> | { readonly outcome: 'text'; readonly text: string };

async function readSafely(path: string): Promise<SafeText> {
  let file: FileHandle;
  try {
    // A pipe that nobody writes to would hold us for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? { outcome: 'absent' }
      : { outcome: 'refused', mistakes: [`it cannot be read (${code ?? 'unknown'})`] };
  }
  try {
    const mistakes = judge(await file.stat());
    return mistakes.length > 0
      ? { outcome: 'refused', mistakes }
      : { outcome: 'text', text: await file.readFile('utf8') };
  } finally {
    await file.close();
  }
}

function judge(stats: Stats): string[] {
  if (!stats.isFile()) return ['it is not a regular file'];
  const mistakes: string[] = [];
  const mode = stats.mode & 0o777;
  if ((mode & 0o077) !== 0)
    mistakes.push(
      `others can get at it (mode ${mode.toString(8).padStart(4, '0')}): set the mode to 0600 and consider whether the keys are known to others`,
    );
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) mistakes.push('it belongs to another user');
  if (stats.size > bytesMax) mistakes.push('it is too large to be a list of keys');
  return mistakes;
}

/** Changes whenever the file does: when it was changed, which file it is, and how long. */
export async function fingerprintFile(path: string): Promise<string> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats === undefined
    ? 'absent'
    : [stats.ino, stats.mtimeNs, stats.ctimeNs, stats.size].map(String).join(' ');
}

/**
 * Adds a line, to a new file if there is none. Whoever reads at the same moment sees the file before or after, and
 * so does whoever reads after a crash. The caller keeps others from doing the same.
 */
export async function addMasterKeyLine(path: string, line: string): Promise<void> {
  const file = await readSafely(path);
  if (file.outcome === 'refused') throw new Error(file.mistakes.join('; '));
  const before = file.outcome === 'text' ? file.text : heading;
  await replaceFile(path, `${before}${before.endsWith('\n') ? '' : '\n'}${line}\n`);
}

const heading = `# Key-encryption keys of this installation. Without them the stored tokens of participants cannot be opened.
# Keep a copy elsewhere, never beside a copy of the database.
`;

/** Takes the line of a key out. @returns false when the file has no such line of its own */
export async function removeMasterKeyLine(path: string, keyID: string): Promise<boolean> {
  const file = await readSafely(path);
  if (file.outcome !== 'text') throw new Error('The key file cannot be read');
  const lines = file.text.split('\n');
  const kept = lines.filter((line) => line.trim().split(/\s/, 1)[0] !== keyID || line.includes(','));
  if (kept.length === lines.length) return false;
  await replaceFile(path, kept.join('\n'));
  return true;
}

/** Written under another name, brought to the disk, renamed, and the renaming brought to the disk. */
async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A link stays a link.
  const target = await realpath(path).catch(() => path);
  const fresh = `${target}.new`;
  await rm(fresh, { force: true });
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, target);
  const folder = await open(dirname(target), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
