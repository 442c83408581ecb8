import { OperatorTrouble } from '../../errors/operatorTrouble.ts';

/** What one of PostgreSQL's programs was to do, where, and what it printed before it failed. */
interface FailedProgram {
  /** `PostgreSQL did not start (exit code 1). The end of its log:` */
  readonly failure: string;
  readonly directory: string;
  readonly printed: string;
}

/** The failure of a program as an operator reads it: a full disk in a sentence, all else in the program's own words. */
export function describeFailedProgram({ failure, directory, printed }: FailedProgram): OperatorTrouble {
  return /No space left on device|Disk quota exceeded/.test(printed)
    ? describeFullDisk(directory)
    : new OperatorTrouble(`${failure}\n${printed}`);
}

export function describeFullDisk(directory: string, cause?: unknown): OperatorTrouble {
  return new OperatorTrouble(
    `The disk that holds ${directory} is full: make room there, or name another place in TRIBUTARY_DATA_DIR.`,
    { cause },
  );
}
