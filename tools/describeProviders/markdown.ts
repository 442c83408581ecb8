import type { NamedDefinition } from '../../src/catalogue/defineProvider.ts';

/** One column of a matrix. */
export interface Column {
  readonly title: string;
  /** Paths of the facts that it shows: their uncertainty is marked here. */
  readonly paths: readonly string[];
  readonly show: (definition: NamedDefinition) => string;
}

/** Text for people, so that no character of it is taken as markup. */
export function prose(text: string): string {
  return text.replaceAll(/[\\`*_|<>[\]]/g, (character) => `\\${character}`).replaceAll(/\s+/g, ' ');
}

/** A name or an address, letter by letter. */
export function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

export function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return ['None.'];
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => (cell === '' ? '-' : cell)).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => '---').join('|')}|`, ...rows.map(line)];
}

const units = [
  [86_400, 'days', 'day'],
  [3_600, 'h', 'h'],
  [60, 'min', 'min'],
] as const;

/** Seconds in the largest unit that divides them. */
export function duration(seconds: number | 'unlimited' | 'unknown' | undefined): string {
  if (seconds === undefined) return '';
  if (typeof seconds !== 'number') return seconds;
  const [size, many, one] = units.find(([unit]) => seconds % unit === 0) ?? [1, 's', 's'];
  const count = seconds / size;
  return `${count} ${count === 1 ? one : many}`;
}

/** `name=value` pairs. */
export function pairs(record: Readonly<Record<string, unknown>> | undefined): string {
  return Object.entries(record ?? {})
    .map(([name, value]) => code(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`))
    .join(' ');
}
