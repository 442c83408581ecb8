/**
 * The value at a path (`errors.0.errorType`) of something that came as JSON, or undefined where the path leads
 * nowhere. The empty path is the value itself. Only a value's own members are seen, never `length` or `constructor`.
 */
export function readPath(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    if (Array.isArray(at) && !/^\d+$/.test(name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
