import { isObject } from '../platform/members/isObject.ts';

/**
 * A copy of the value with something else at a path (`errors.0.errorType`), the counterpart of `readPath`. Objects
 * and lists on the way are made where they are missing. The empty path is the value itself; a path of an object's
 * own members is never empty.
 */
export function writePath(
  value: Readonly<Record<string, unknown>>,
  path: string,
  written: unknown,
): Record<string, unknown>;
export function writePath(value: unknown, path: string, written: unknown): unknown;
export function writePath(value: unknown, path: string, written: unknown): unknown {
  if (path === '') return written;
  const [name = '', ...rest] = path.split('.');
  if (Array.isArray(value) && /^\d+$/.test(name)) {
    const list: unknown[] = [...(value as readonly unknown[])];
    list[Number(name)] = writePath(list[Number(name)], rest.join('.'), written);
    return list;
  }
  const before = isObject(value) ? value : {};
  const inside = Object.hasOwn(before, name) ? before[name] : /^\d+$/.test(rest[0] ?? '') ? [] : undefined;
  return { ...before, [name]: writePath(inside, rest.join('.'), written) };
}
