import { cpus, totalmem } from 'node:os';
import { spawnSync } from 'node:child_process';

/** What the figures were measured on, in one line. */
export function describeMachine(postgres: string): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${memory} GiB, Node ${process.versions.node}, ${postgres}`;
}

/** Whether a program of Debian's packages is there. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}

export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly limit?: string;
  readonly ratio?: string;
  readonly aim?: string;
  readonly note?: string;
}

/** Prints rows in columns; an empty cell stands for what was not measured. */
export function printTable(title: string, rows: readonly Row[]): void {
  const columns = ['what', 'figure', 'limit', 'ratio', 'aim', 'note'] as const;
  const width = (column: (typeof columns)[number]) =>
    Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(width(columns[index]!)))
      .join('  ')
      .trimEnd();
  console.log(`\n${title}\n${line(columns)}`);
  for (const row of rows) console.log(line(columns.map((column) => row[column] ?? '')));
}
