import type { StaticDecode, TObject, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { parseGuid } from '../../contract/scalars.ts';
import { DomainError } from '../errors/domainError.ts';
import { invalidRequest } from './errors.ts';
import { printable } from './parseQuery.ts';

/** What is read by a schema: the decoded form of each of its properties. */
export type FieldsOf<Schema extends TObject> = Readonly<StaticDecode<Schema>>;

/** Why a field cannot be used. */
export interface FieldMistake {
  readonly field: string;
  /** In words that follow the name of the field: `is not a GUID`. */
  readonly mistake: string;
  /** True when it was needed and not there. */
  readonly missing: boolean;
}

/** Thrown by the decoder of a codec: `message` goes to the caller, in words that follow the name of the field. */
export class Unreadable extends Error {}

/**
 * The fields that a schema describes, read from text: path parameters, a query, a form. Numbers are decimal, GUIDs
 * come in lower case, codecs ({@link listOf}) are decoded; fields that the schema does not have are left out.
 *
 * So what is told in the API description and what is accepted is stated in one place. Gives the first
 * field that is missing, else the first mistake in the order of the schema.
 */
export function readFields<Schema extends TObject>(
  schema: Schema,
  given: Readonly<Record<string, string | undefined>>,
  options: {
    /** A field without a value counts as left out. */
    readonly blankIsAbsent: boolean;
  },
): { readonly fields: FieldsOf<Schema> } | { readonly mistake: FieldMistake } {
  const isAbsent = (text: string | undefined) => text === undefined || (text === '' && options.blankIsAbsent);
  const { required = [] } = schema as { required?: readonly string[] };
  const absent = required.find((field) => isAbsent(given[field]));
  if (absent !== undefined) return { mistake: { field: absent, mistake: 'is missing', missing: true } };
  const fields: Record<string, unknown> = {};
  for (const [field, property] of Object.entries(schema.properties as Record<string, TSchema>)) {
    const text = given[field];
    if (text === undefined || isAbsent(text)) continue;
    const read = readField(property, text);
    if ('mistake' in read) return { mistake: { field, mistake: read.mistake, missing: false } };
    fields[field] = read.value;
  }
  return { fields: fields as FieldsOf<Schema> };
}

/**
 * The same for a request, which is refused for its first mistake.
 *
 * @throws {DomainError} `invalid-request`, naming the field and what is wrong with it
 */
export function requireFields<Schema extends TObject>(
  schema: Schema,
  given: Readonly<Record<string, string | undefined>>,
  options: { readonly blankIsAbsent: boolean; readonly kind: 'parameter' | 'field' },
): FieldsOf<Schema> {
  const read = readFields(schema, given, options);
  if ('fields' in read) return read.fields;
  const { field, mistake } = read.mistake;
  throw new DomainError(invalidRequest, `The ${options.kind} "${field}" ${mistake}.`);
}

/** Throws for a schema with a field that no text could be, which would be described and always refused. */
export function requireReadable(operationID: string, schema: TObject): void {
  for (const [field, property] of Object.entries(schema.properties as Record<string, PlainSchema>)) {
    const isWord = wordsOf(property).length > 0;
    if (property.type !== 'string' && property.type !== 'integer' && !isWord)
      throw new Error(`${operationID}: the field "${field}" has a schema that is not read from text`);
  }
}

/** What one text is by a schema, or what is wrong with it in words that follow a name. */
export function readField(
  schema: TSchema,
  text: string,
): { readonly value: unknown } | { readonly mistake: string } {
  const plain = readPlain(schema, text);
  const { '~codec': codec } = schema as { '~codec'?: { decode(value: unknown): unknown } };
  if ('mistake' in plain || codec === undefined) return plain;
  try {
    return { value: codec.decode(plain.value) };
  } catch (error) {
    if (error instanceof Unreadable) return { mistake: error.message };
    throw error;
  }
}

interface PlainSchema extends TSchema {
  readonly type?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly { readonly const?: unknown }[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** What a pattern stands for, in words that follow `is not`. Not for the API description, which has the pattern. */
  readonly expected?: string;
}

function readPlain(schema: PlainSchema, text: string): ReturnType<typeof readField> {
  if (schema.type === 'string' && schema.format === 'uuid') {
    const guid = parseGuid(text);
    return guid === undefined ? { mistake: 'is not a GUID' } : { value: guid };
  }
  const value = schema.type === 'integer' ? parseWholeNumber(text) : text;
  return Value.Check(schema, value) ? { value } : { mistake: describeMistake(schema, text) };
}

/**
 * In the one way in which it is written: `007` is not 7, since who says it means something else. One beyond what a
 * number holds is the largest, which a maximum refuses and a wish outgrows.
 */
function parseWholeNumber(text: string): number | undefined {
  return /^(0|[1-9]\d*)$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : undefined;
}

function describeMistake(schema: PlainSchema, text: string): string {
  const { minimum, maximum, minLength = 0, maxLength = Infinity, pattern, expected } = schema;
  if (schema.type === 'integer')
    return maximum === undefined
      ? `is not a whole number of at least ${minimum ?? 0}`
      : `is not a whole number from ${minimum ?? 0} to ${maximum}`;
  const words = wordsOf(schema);
  if (words.length > 0) return `has an unknown value "${printable(text)}". Allowed are: ${words.join(', ')}`;
  if (text === '' && minLength > 0) return 'is empty. Leave it out to ask without it';
  if (text.length > maxLength) return `is longer than ${maxLength} characters`;
  if (expected !== undefined) return `is not ${expected}`;
  if (pattern !== undefined) return `does not have the form ${pattern}`;
  return 'cannot be read';
}

/** The values of a literal, or of a choice between literals. */
function wordsOf({ const: only, anyOf = [] }: PlainSchema): readonly string[] {
  return [only, ...anyOf.map((choice) => choice.const)].filter((word) => typeof word === 'string');
}
