import type { NamedDefinition } from '../../../definitions/defineProvider.ts';
import type { Scope } from '../../../definitions/shape/auth.ts';

const form = /^patient\/(\*|[A-Za-z]+)\.(read|\*|[cruds]+)(\?.*)?$/;

/**
 * Whether the participant has released resources of this type. Types that no scope of the vendor names are open with
 * any token (places, people who work there), and so are all types of a vendor whose applications are registered for
 * types beforehand, which grants no such scopes (Epic).
 */
export function mayRead(definition: NamedDefinition, granted: readonly string[], type: string): boolean {
  const { auth } = definition;
  if (auth.kind === 'none') return false;
  const names = granted.map(readScope).filter((scope) => scope !== undefined);
  const isRequested = ({ name, ask }: Scope) => ask !== 'never' && ask !== 'registered' && form.test(name);
  if (names.length === 0 && !auth.scopes.some(isRequested)) return true;
  if (names.includes('*') || names.includes(type)) return true;
  return !auth.scopes.some(({ name }) => readScope(name) === type);
}

/** The type that a scope opens for reading, `*` for all, or undefined for a scope of another kind. */
function readScope(scope: string): string | undefined {
  const [, type, actions = ''] = form.exec(scope) ?? [];
  return actions === 'read' || actions === '*' || actions.includes('r') ? type : undefined;
}
