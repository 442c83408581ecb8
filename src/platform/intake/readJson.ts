import { InputBroken } from './readText.ts';

/** One top-level object of a JSON file. */
export interface JsonRecord {
  /** Ordinal in the file, from 1. */
  readonly number: number;
  readonly value: Readonly<Record<string, unknown>>;
  /** Why it could not be read; `value` is then empty. */
  readonly mistake?: string;
}

/** A record longer than this many characters ends the reading. */
const recordCharactersMax = 1024 * 1024;

/** Far more than any record has; keeps a hostile one from costing memory in the parser. */
const depthMax = 16;

/**
 * Splits text into its top-level objects, in batches: one array of objects, one object a line, or objects one
 * after another however they are laid out (RFC 8259).
 *
 * Only the frame is read here, by counting brackets; the engine's own parser reads each object. A streaming
 * parser was not taken because the one at hand says itself that it is not meant for untrusted input.
 *
 * The iteration throws {@link InputBroken} with the record's number when the frame is broken or a record is too
 * long, and adds the number to what `text` throws.
 */
export async function* readJson(text: AsyncIterable<string>): AsyncGenerator<JsonRecord[]> {
  const scanner = new JsonScanner();
  try {
    for await (const piece of text) {
      yield scanner.take(piece);
      if (scanner.broken !== undefined) throw scanner.broken;
    }
    scanner.end();
  } catch (error) {
    if (error instanceof InputBroken) error.line ??= scanner.number;
    throw error;
  }
}

type Expectation = 'start' | 'first or end' | 'object' | 'comma or end' | 'nothing';

class JsonScanner {
  /** Number of the record that is being read or comes next. */
  number = 1;
  /** Why nothing more can be taken; what was taken before is good. */
  broken: InputBroken | undefined;
  #text = '';
  #at = 0;
  #expected: Expectation = 'start';
  /** Opened brackets of the current record; 0 between records. */
  #depth = 0;
  #deepest = 0;
  #inString = false;
  #inArray = false;

  take(piece: string): JsonRecord[] {
    const records: JsonRecord[] = [];
    this.#text += piece;
    let start = 0;
    while (this.#at < this.#text.length && this.broken === undefined) {
      if (this.#depth === 0) {
        start = this.#at;
        this.#between(this.#text[this.#at++] ?? '');
      } else if (this.#inString) this.#skipString();
      else this.#skipStructure();
      if (this.#depth > 0) {
        if (this.#at - start > recordCharactersMax) this.broken = tooLong();
      } else if (this.#deepest > 0) {
        records.push(this.#parse(this.#text.slice(start, this.#at)));
        this.#deepest = 0;
        this.number++;
        start = this.#at;
      } else start = this.#at;
    }
    this.#text = this.#text.slice(start);
    this.#at -= start;
    return records;
  }

  end(): void {
    if (this.#depth > 0) throw new InputBroken('the file ends inside this record');
    if (this.#expected === 'first or end' || this.#expected === 'comma or end')
      throw new InputBroken('the file ends before its array does');
    if (this.#expected === 'object' && this.#inArray)
      throw new InputBroken('the file ends before its array does');
  }

  #between(character: string): void {
    if (character === ' ' || character === '\n' || character === '\r' || character === '\t') return;
    const expected = this.#expected;
    if (character === '{' && (expected === 'start' || expected === 'first or end' || expected === 'object')) {
      this.#depth = this.#deepest = 1;
      this.#expected = this.#inArray ? 'comma or end' : 'object';
    } else if (character === '[' && expected === 'start') {
      this.#inArray = true;
      this.#expected = 'first or end';
    } else if (character === ',' && expected === 'comma or end') this.#expected = 'object';
    else if (character === ']' && (expected === 'first or end' || expected === 'comma or end'))
      this.#expected = 'nothing';
    else this.broken = new InputBroken(`expected ${expectations[expected]} here`);
  }

  #skipString(): void {
    const quote = this.#text.indexOf('"', this.#at);
    if (quote === -1) {
      this.#at = this.#text.length;
      return;
    }
    this.#at = quote + 1;
    let escapes = 0;
    while (this.#text.charCodeAt(quote - 1 - escapes) === backslashCode) escapes++;
    this.#inString = escapes % 2 === 1;
  }

  #skipStructure(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === quoteCode) {
        this.#inString = true;
        this.#at++;
        return;
      }
      if (code === openBraceCode || code === openBracketCode)
        this.#deepest = Math.max(this.#deepest, ++this.#depth);
      else if ((code === closeBraceCode || code === closeBracketCode) && --this.#depth === 0) {
        this.#at++;
        return;
      }
    }
  }

  #parse(text: string): JsonRecord {
    const { number } = this;
    if (this.#deepest > depthMax)
      return { number, value: {}, mistake: `nested deeper than ${depthMax} levels` };
    try {
      return { number, value: JSON.parse(text) as Record<string, unknown> };
    } catch {
      // The parser's message quotes the record.
      return { number, value: {}, mistake: 'not valid JSON' };
    }
  }
}

const quoteCode = 0x22;
const backslashCode = 0x5c;
const openBraceCode = 0x7b;
const closeBraceCode = 0x7d;
const openBracketCode = 0x5b;
const closeBracketCode = 0x5d;

const expectations: Record<Expectation, string> = {
  start: 'an array or an object',
  'first or end': 'an object or the end of the array',
  object: 'an object',
  'comma or end': 'a comma or the end of the array',
  nothing: 'nothing more after the array',
};

function tooLong(): InputBroken {
  return new InputBroken(
    `this record is longer than ${recordCharactersMax} characters; is a quote or a brace never closed?`,
  );
}
