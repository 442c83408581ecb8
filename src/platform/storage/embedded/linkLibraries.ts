import { lstat, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';

/** A link beside a library, under another of its names. Both are relative. */
export interface LibraryLink {
  /** From the folder of the binaries: `lib/libpq.so.5`. */
  readonly name: string;
  /** From the folder of the link: `libpq.so.5.18`. */
  readonly target: string;
}

/**
 * Makes the links that npm packages cannot hold, and gives those that could not be made because this process may not
 * write there.
 *
 * The package's own install script does the same, where install scripts run; nothing here needs them to.
 */
export async function linkLibraries(native: string): Promise<readonly LibraryLink[]> {
  const missing: LibraryLink[] = [];
  for (const link of await readLinks(native)) {
    const place = path.join(native, link.name);
    if ((await lstat(place).catch(() => undefined)) !== undefined) continue;
    try {
      await symlink(link.target, place);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      // Another process may be doing the same.
      if (code === 'EEXIST') continue;
      if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) throw error;
      missing.push(link);
    }
  }
  return missing;
}

/** The package's list, whose paths begin with `native/`; none where PostgreSQL is not from the package. */
async function readLinks(native: string): Promise<readonly LibraryLink[]> {
  const text = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const listed = JSON.parse(text) as readonly { readonly source: string; readonly target: string }[];
  return listed.map(({ source, target }) => ({
    name: path.relative('native', target),
    target: path.relative(path.dirname(target), source),
  }));
}
