import { containsSmart } from './scopeNames/smartScope.ts';
import type { AnyAuth, Scope } from './shape/auth.ts';

/** How a vendor writes lists of scopes. */
export type ScopeNotation = Pick<AnyAuth, 'scopeSeparator' | 'grantedScopes'>;

/**
 * The scopes that a vendor says were granted: in its order, each once, named as the definition names them
 * (`extapi:daily` is `daily`), foreign ones left out where the definition says which are ours.
 *
 * A name is everything between two separators, whatever characters it holds: no name is cut, changed or joined with
 * its neighbour. Beside a comma spaces mean nothing; a list that comes as an array is not taken apart.
 */
export function parseScopes(granted: string | readonly string[], facts: ScopeNotation): readonly string[] {
  const { stripPrefix, keepPrefix } = facts.grantedScopes;
  const names = (typeof granted === 'string' ? granted.split(facts.scopeSeparator) : granted)
    .map(withoutOuterSpaces)
    .filter((name) => name !== '' && (keepPrefix === undefined || name.startsWith(keepPrefix)))
    .map((name) => withoutPrefix(name, stripPrefix));
  return [...new Set(names)];
}

/**
 * A list of scopes as a vendor or an export writes it; each once.
 *
 * @throws {Error} for a name that the separator would take apart
 */
export function printScopes(names: readonly string[], separator: ' ' | ',' | ', '): string {
  const divider = separator === ' ' ? ' ' : ',';
  for (const name of names)
    if (name === '' || name.includes(divider) || name !== withoutOuterSpaces(name))
      throw new Error(`The scope ${JSON.stringify(name)} cannot stand in a list divided by "${separator}"`);
  return [...new Set(names)].join(separator);
}

/**
 * Whether one of these scopes is `wanted` or contains it: under any of its names, within a scope that includes it, or
 * (SMART App Launch) as the whole record, in the other version's spelling, or with more permissions. A scope that a
 * search narrows contains only itself.
 */
export function covers(auth: AnyAuth, names: readonly string[], wanted: string): boolean {
  const own = findScope(auth.scopes, wanted);
  return names.some((name) => {
    if (name === wanted) return true;
    const scope = findScope(auth.scopes, name);
    if (own !== undefined && (scope === own || scope?.includes?.includes(own.name) === true)) return true;
    return auth.kind === 'smart' && containsSmart(name, wanted);
  });
}

/** The scope of the definition that has this name among its names. */
export function findScope(scopes: readonly Scope[], name: string): Scope | undefined {
  return scopes.find((scope) => scope.name === name || scope.alsoNamed?.includes(name) === true);
}

/** Loops, because patterns for this take quadratic time on long runs of spaces. Other white space may be meant. */
function withoutOuterSpaces(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text[from] === ' ') from++;
  while (to > from && text[to - 1] === ' ') to--;
  return text.slice(from, to);
}

function withoutPrefix(name: string, prefix: string | undefined): string {
  return prefix !== undefined && name.startsWith(prefix) && name.length > prefix.length
    ? name.slice(prefix.length)
    : name;
}
