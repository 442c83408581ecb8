/** The kind of a value in JSON, as a reader tells kinds apart. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

/**
 * Every field of a JSON value by its path, with its kinds; items of a list share one path (`records.*.id`), and a field
 * that only some items have is there.
 */
export function shapeOf(value: unknown, path = ''): ReadonlyMap<string, ReadonlySet<string>> {
  const shape = new Map<string, Set<string>>();
  const add = (at: string, kind: string) => {
    const kinds = shape.get(at) ?? new Set<string>();
    shape.set(at, kinds.add(kind));
  };
  const visit = (part: unknown, at: string) => {
    if (at !== '') add(at, kindOf(part));
    if (typeof part !== 'object' || part === null) return;
    for (const [name, inner] of Object.entries(part)) {
      // A name may hold the dot that paths are joined with. Epic.
      const step = Array.isArray(part) ? '*' : name.replaceAll('.', '·');
      visit(inner, at === '' ? step : `${at}.${step}`);
    }
  };
  visit(value, path);
  return shape;
}

/**
 * What a played answer has otherwise than the documented one, by the name of the field: `x: documented, not played`,
 * `x: played, not documented`, `x: documented as number, played as string`. Of a field that is missing, what is below it
 * is not told as well.
 */
export function findShapeDifferences(documented: unknown, played: unknown): readonly string[] {
  const [wanted, given] = [shapeOf(documented), shapeOf(played)];
  const lacks = (from: typeof wanted, other: typeof wanted, what: string) =>
    [...from.keys()]
      .filter((path) => !other.has(path) && hasParent(path, other))
      .map((path) => `${path}: ${what}`);
  const otherwise = [...wanted].flatMap(([path, kinds]) => {
    const others = given.get(path);
    if (others === undefined || [...kinds].some((kind) => others.has(kind))) return [];
    return [`${path}: documented as ${[...kinds].join(' or ')}, played as ${[...others].join(' or ')}`];
  });
  return [
    ...lacks(wanted, given, 'documented, not played'),
    ...lacks(given, wanted, 'played, not documented'),
    ...otherwise,
  ];
}

function hasParent(path: string, shape: ReadonlyMap<string, unknown>): boolean {
  const parent = path.split('.').slice(0, -1).join('.');
  return parent === '' || shape.has(parent);
}
