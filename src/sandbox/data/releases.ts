import type { NamedDefinition } from '../../definitions/defineProvider.ts';

/** Whether these granted scopes open what needs one: by its name, by another name of it, or inside a wider one. */
export function isReleased(
  { auth }: NamedDefinition,
  granted: readonly string[],
  needed: string | undefined,
): boolean {
  if (needed === undefined || granted.includes(needed)) return true;
  if (auth.kind === 'none') return false;
  return auth.scopes.some(({ name, alsoNamed = [], includes = [] }) =>
    name === needed
      ? alsoNamed.some((other) => granted.includes(other))
      : granted.includes(name) && includes.some((contained) => contained === needed),
  );
}
