/** A value in COPY's text format (PostgreSQL manual, COPY, "Text Format"); null is `\N`. */
export function copyText(value: string | number | null): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return /[\\\t\n\r]/.test(value)
    ? value.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character] ?? '')
    : value;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** The array literal of texts, for {@link copyText}. Every element is quoted, since a bare NULL would be one. */
export function arrayLiteral(elements: readonly string[]): string {
  // One look at all of them together, since nearly always there is nothing to escape.
  if (!/["\\]/.test(elements.join(''))) return `{"${elements.join('","')}"}`;
  return `{${elements.map((element) => `"${element.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

/**
 * Items as lines of COPY's text format, in chunks of about 64 KiB. One loop and one chunk for hundreds of lines:
 * each further step of an asynchronous iteration would cost as much as making the line.
 */
export async function* copyChunks<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  renderLine: (item: Item) => string,
): AsyncGenerator<Buffer> {
  let chunk = '';
  for await (const item of items) {
    chunk += renderLine(item);
    if (chunk.length < 64 * 1024) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk !== '') yield Buffer.from(chunk);
}
