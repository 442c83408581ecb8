import { DomainError } from '../../platform/errors/domainError.ts';
import { printable } from '../../platform/http/parseQuery.ts';
import { directoryMisnamed } from '../errors.ts';

/** `FORMAT:` and the file's name without its endings. */
export function directoryOfFile(format: string, fileName: string): string {
  const stem = fileName.replace(/\.gz$/i, '').replace(/\.(json|ndjson|jsonl|csv|txt)$/i, '');
  return `${format}:${stem}`;
}

/** The same name. @throws {DomainError} `directory-misnamed` when nobody could type it or it is too long */
export function requireDirectoryName(name: string): string {
  if (/^[\p{L}\p{N}][^\p{C}]{0,109}$/u.test(name)) return name;
  throw new DomainError(
    directoryMisnamed,
    `A directory cannot be named "${printable(name)}": a letter or digit first, 110 printable characters at the ` +
      'most. Name it when you import it, or rename its file.',
  );
}
