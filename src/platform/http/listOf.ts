import { Type, type Static, type TCodec, type TSchema, type TString } from 'typebox';
import { printable } from './parseQuery.ts';
import { readField, Unreadable } from './readFields.ts';

/** Items of one list at the most; a longer one is refused, since a URL is no place for it. */
const listItemsMax = 1_000;

/**
 * A comma-separated list in one parameter, each item read by a schema, each once, in the order of the request.
 *
 * `\,` is a comma inside an item, `\\` a backslash, any other backslash itself. Space around an item does not count,
 * unless `exact` says otherwise: names are values and compared as they are.
 */
export function listOf<Item extends TSchema>(
  item: Item,
  { description, exact = false }: { readonly description: string; readonly exact?: boolean },
): TCodec<TString, readonly Static<Item>[]> {
  return Type.Codec(Type.String({ description }))
    .Decode((text): readonly Static<Item>[] => [
      ...new Set(splitList(text, exact).map((part) => readItem(item, part))),
    ])
    .Encode((items) => items.map((one) => String(one).replaceAll(/[\\,]/g, '\\$&')).join(','));
}

/** One of these words, in any letter case; read as it is written here. */
export function anyCase<Word extends string>(
  words: readonly Word[],
  options: { readonly description?: string } = {},
): TCodec<TString, Word> {
  return Type.Codec(Type.String(options))
    .Decode((text): Word => {
      const asked = text.trim().toLowerCase();
      const word = words.find((known) => known.toLowerCase() === asked);
      if (word === undefined)
        throw new Unreadable(`has an unknown value "${printable(text)}". Allowed are: ${words.join(', ')}`);
      return word;
    })
    .Encode((word) => word);
}

function readItem<Item extends TSchema>(item: Item, text: string): Static<Item> {
  const read = readField(item, text);
  if ('value' in read) return read.value as Static<Item>;
  // An unknown word quotes itself.
  const quoted = read.mistake.includes('"') ? '' : `: "${printable(text)}"`;
  throw new Unreadable(quoted === '' ? read.mistake : `has an item that ${read.mistake}${quoted}`);
}

function splitList(text: string, exact: boolean): readonly string[] {
  const items: string[] = [];
  let item = '';
  const push = () => items.push(exact ? item : item.trim());
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    const next = text.charAt(index + 1);
    if (character === '\\' && (next === ',' || next === '\\')) {
      item += next;
      index++;
    } else if (character === ',') {
      push();
      item = '';
    } else item += character;
  }
  push();
  if (items.includes('')) throw new Unreadable('has an empty item');
  if (items.length > listItemsMax) throw new Unreadable(`has more than ${listItemsMax} items`);
  return items;
}
