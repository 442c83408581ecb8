import type { TObject } from 'typebox';
import type { TokenErrorBody } from '../../contract/problem.ts';
import type { Answer } from '../../platform/http/defineRoute.ts';
import { readFields, type FieldsOf } from '../../platform/http/readFields.ts';
import type { AccessParts } from '../accessParts.ts';
import { refuseGrant } from './tokenAnswer.ts';

/** The path of the token endpoint; with the public URL before it, the audience of client assertions. */
export const tokenPath = '/identityserver/connect/token';

/** The error of a field that is there and cannot be used (RFC 6749 section 5.2), with words where they help. */
export type FieldRefusal = readonly [error: TokenErrorBody['error'], description?: string];

/** One way to get a token (RFC 6749 section 1.3), as its file declares it. */
export interface GrantTypeDefinition<Schema extends TObject> {
  /** The value of `grant_type` that asks for it, letter case included. */
  readonly name: string;
  /** Its fields; whatever else is sent is not looked at (RFC 6749 section 3.2). */
  readonly fields: Schema;
  /** For fields whose schema refuses what was sent. Left out: `invalid_request` without words. */
  readonly refusals: Readonly<Partial<Record<string, FieldRefusal>>>;
  answer(form: FieldsOf<Schema>, parts: AccessParts, requestID: string): Promise<Answer>;
}

/** One way to get a token. */
export interface GrantType {
  readonly name: string;
  readonly fields: TObject;
  /** Fields without a value count as left out (RFC 6749 section 3.2). */
  answer(form: Readonly<Record<string, string>>, parts: AccessParts, requestID: string): Promise<Answer>;
}

/** Declares a grant type: what its fields may be is told to clients and looked at here from one schema. */
export function defineGrantType<Schema extends TObject>(definition: GrantTypeDefinition<Schema>): GrantType {
  const { name, fields, refusals } = definition;
  return {
    name,
    fields,
    answer: async (form, parts, requestID) => {
      const read = readFields(fields, form, { blankIsAbsent: true });
      if ('fields' in read) return definition.answer(read.fields, parts, requestID);
      const { field, missing } = read.mistake;
      return missing
        ? refuseGrant('invalid_request', listNeeded(fields))
        : refuseGrant(...(refusals[field] ?? ['invalid_request']));
    },
  };
}

function listNeeded(fields: TObject): string {
  const needed = ((fields as { required?: readonly string[] }).required ?? []).filter(
    (field) => field !== 'grant_type',
  );
  return `${new Intl.ListFormat('en-GB').format(needed)} are needed.`;
}
