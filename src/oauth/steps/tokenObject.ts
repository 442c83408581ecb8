import type { TokenAnswer } from '../../definitions/shape/auth.ts';
import { readPath } from '../../definitions/readPath.ts';

/** The object in which a vendor's tokens stand, with its own names. */
export type TokenObject = Readonly<Record<string, unknown>>;

type TokenField = keyof Exclude<TokenAnswer['fields'], undefined>;

/** The value of a field of the standard, under the name that it has at this vendor. */
export function readTokenField(tokens: TokenObject, name: TokenField, { fields = {} }: TokenAnswer): unknown {
  return readPath(tokens, fields[name] ?? name);
}
