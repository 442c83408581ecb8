/** Why a file could not be read or written; undefined for any other failure. */
export function explainFileTrouble(error: Error): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined) return undefined;
  const what = path === undefined ? 'A file' : path;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full${path === undefined ? '' : ` (${path})`}: make room, and do it again.`;
    case 'EROFS':
      return `${what} lies on a file system that is mounted read-only: name another place. TRIBUTARY_DATA_DIR says where the service's own files lie.`;
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open: raise the limit of open files (LimitNOFILE of a unit, ulimit -n).';
  }
  if (path === undefined) return undefined;
  switch (code) {
    case 'ENOENT':
      return `There is no such file or folder: ${path}`;
    case 'EACCES':
    case 'EPERM':
      return `This user may not get at ${path}: change its owner or mode, or run as the user who owns it.`;
    case 'EISDIR':
      return `${path} is a folder; a file is wanted.`;
    case 'ENOTDIR':
      return `${path} leads through something that is no folder.`;
    case 'EEXIST':
      return `${path} exists already.`;
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return `${path} is no usable name of a file.`;
    case 'EXDEV':
      return `${path} lies on another file system.`;
    default:
      return undefined;
  }
}
