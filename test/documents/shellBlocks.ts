import { findFiles, readText } from './projectFiles.ts';

/** A block of shell commands (```sh) of a document. */
export interface ShellBlock {
  readonly file: string;
  /** Of its first command. */
  readonly line: number;
  readonly text: string;
  /** Undefined for a block that is run to its end; the comment before it says so otherwise. */
  readonly mark: 'not run' | 'stays running' | undefined;
}

/** Every document that tells people what to type. */
export function findDocuments(): Promise<string[]> {
  return findFiles('README.md', 'CONTRIBUTING.md', 'docs/guides/*.md');
}

/** The blocks of a document, in order. A comment that begins like a mark and is none is a mistake of the document. */
export async function readShellBlocks(file: string): Promise<ShellBlock[]> {
  const text = await readText(file);
  return [...text.matchAll(/(?:^<!-- ([^\n]+) -->\n\n?)?^```sh\n(.*?)^```$/gms)].map((match) => {
    const [whole, comment, commands = ''] = match;
    const line = text.slice(0, match.index + whole.indexOf('```sh')).split('\n').length + 1;
    return { file, line, text: commands, mark: readMark(comment, `${file}:${line}`) };
  });
}

function readMark(comment: string | undefined, place: string): ShellBlock['mark'] {
  if (comment === undefined) return undefined;
  if (comment === 'stays running') return 'stays running';
  if (/^not run: \S.{3,}/.test(comment)) return 'not run';
  throw new Error(`${place}: neither "stays running" nor "not run: WHY": ${comment}`);
}
