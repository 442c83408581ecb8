import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';

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

/** Footnotes of the uncertain facts that a cell shows: those at one of its paths, below it, or around it. */
export function marks(definition: NamedDefinition, paths: readonly string[]): string {
  const holds = (outer: string, inner: string) => inner === outer || inner.startsWith(`${outer}.`);
  return Object.keys(definition.uncertain ?? {})
    .map((uncertain, index) => ({ uncertain, mark: `[^${definition.slug}-${index + 1}]` }))
    .filter(({ uncertain }) => paths.some((path) => holds(path, uncertain) || holds(uncertain, path)))
    .map(({ mark }) => mark)
    .join('');
}

/** A table, or where the same one was shown before: many vendors follow one standard. */
export function tableOnce(given: {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly slug: string;
  /** Grows. */
  readonly seen: Map<string, string>;
}): readonly string[] {
  const { titles, rows, slug, seen } = given;
  const lines = table(titles, rows);
  // Marks name their provider, so that tables with marks are always shown.
  const text = lines.join('\n');
  const before = seen.get(text);
  if (before !== undefined) return [`The same as those of ${before}.`];
  seen.set(text, slug);
  return lines;
}
