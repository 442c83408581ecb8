import type { TimeRange } from '../../definitions/shape/delivery.ts';
import { readBound, type Bound } from './instants.ts';

/**
 * The bounds of a filter expression (AIP-160), as far as Google Health understands one: `FIELD >= "BOUND"`, alone or
 * with `AND FIELD < "BOUND"`. Undefined for anything else: another field, another operator, a bound without quotes.
 */
export function readFilter(
  text: string,
  { field = '', literal = 'iso-z' }: TimeRange,
): { readonly from: Bound; readonly to?: Bound } | undefined {
  const terms = text.split(' AND ').map((term) => /^(\S+) (>=|<) "([^"]{1,40})"$/.exec(term.trim()));
  const [first, second] = terms;
  if (first?.[1] !== field || first[2] !== '>=' || terms.length > 2) return undefined;
  const from = readBound(first[3] ?? '', literal);
  if (from === undefined) return undefined;
  if (second === undefined) return terms.length === 1 ? { from } : undefined;
  if (second?.[1] !== field || second[2] !== '<') return undefined;
  const to = readBound(second[3] ?? '', literal);
  return to === undefined ? undefined : { from, to };
}
