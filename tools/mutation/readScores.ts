import { existsSync, readFileSync } from 'node:fs';

/** How many of the breaks of a file its tests noticed; one that could not be judged counts as not noticed. */
export interface Score {
  readonly file: string;
  readonly noticed: number;
  readonly breaks: number;
  /** In percent; of no breaks at all, all were noticed. */
  readonly share: number;
}

/** Part of https://github.com/stryker-mutator/mutation-testing-elements/tree/master/packages/report-schema */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

/** The scores in a report of Stryker, by file; undefined when there is none. */
export function readScores(path: string): readonly Score[] | undefined {
  if (!existsSync(path)) return undefined;
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as Report;
  return Object.entries(files).map(([file, { mutants }]) => {
    const noticed = mutants.filter(({ status }) => ['Killed', 'Timeout'].includes(status)).length;
    const breaks = mutants.filter(({ status }) => status !== 'Ignored').length;
    return { file, noticed, breaks, share: breaks === 0 ? 100 : (100 * noticed) / breaks };
  });
}
