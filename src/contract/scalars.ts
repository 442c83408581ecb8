import { Type } from 'typebox';

const guidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A GUID as text. Accepted in any letter case, written in lower case everywhere (`docs/guides/clients.md`). */
export const Guid = Type.String({
  format: 'uuid',
  description: 'GUID; read in any letter case, written in lower case.',
});

/** The lower-case form of GUID text, or undefined when it is none. */
export function parseGuid(text: string): string | undefined {
  return guidForm.test(text) ? text.toLowerCase() : undefined;
}

/**
 * UTC, no zone, up to 7 fraction digits with trailing zeros dropped, no fraction when zero: the form of the
 * specification's samples.
 */
export const AdministrativeDate = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,7})?$',
  description: 'UTC, without a zone.',
  examples: ['2023-07-26T18:22:42.93'],
});

/** UTC with `Z`: clients on devices refuse a date without a zone, and browsers misread it. */
export const DelegatedDate = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,7})?Z$',
  description: 'UTC.',
  examples: ['2023-07-26T18:22:42.93Z'],
});

/** UTC, no zone, whole seconds: the form of the export samples. */
export const ExportDate = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$',
  description: 'UTC, whole seconds, without a zone.',
  examples: ['2023-01-02T03:04:05'],
});

/** The largest identifier that clients of the platform can store: 32 bits, signed. */
export const integerIDMax = 2_147_483_647;

/** Identifier of an account or a provider. */
export const IntegerID = Type.Integer({ minimum: 1, maximum: integerIDMax });

/** The identifier in decimal text, or undefined when it is none. */
export function parseIntegerID(text: string): number | undefined {
  if (!/^[1-9]\d{0,9}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= integerIDMax ? value : undefined;
}
