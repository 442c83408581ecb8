/**
 * A copy of the value with something else at a path (`data.metric_data`), the counterpart of `readPath`. Objects on
 * the way are made where they are missing; the empty path is the value itself.
 */
export function writePath(value: unknown, path: string, written: unknown): unknown {
  if (path === '') return written;
  const [name = '', ...rest] = path.split('.');
  if (Array.isArray(value) && /^\d+$/.test(name))
    return value.toSpliced(Number(name), 1, writePath(value[Number(name)], rest.join('.'), written));
  const before = isObject(value) ? value : {};
  const inside = Object.hasOwn(before, name) ? before[name] : /^\d+$/.test(rest[0] ?? '') ? [] : undefined;
  return { ...before, [name]: writePath(inside, rest.join('.'), written) };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
