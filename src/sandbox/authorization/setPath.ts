/**
 * Puts a value at a path (`errors.0.errorType`) of an object, making the objects and lists on the way; the
 * counterpart of `readPath`.
 */
export function setPath(object: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at = object;
  names.forEach((name, index) => {
    const next = at[name];
    if (typeof next !== 'object' || next === null)
      at[name] = /^\d+$/.test(names[index + 1] ?? last) ? [] : {};
    at = at[name] as Record<string, unknown>;
  });
  at[last] = value;
}
