/** Whether something that came as JSON is an object: neither a list nor null. What its members hold is not known. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
