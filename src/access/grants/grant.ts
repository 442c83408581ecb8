import type { TObject } from 'typebox';
import type { Answer, Services } from '../../platform/http/defineRoute.ts';

/** The path of the token endpoint; with the public URL before it, the audience of client assertions. */
export const tokenPath = '/identityserver/connect/token';

/** The fields of a token request, without the empty ones. */
export type TokenForm = Readonly<Partial<Record<string, string>>>;

/** One way to get a token (RFC 6749 section 1.3). */
export interface Grant {
  /** The value of `grant_type` that asks for it, letter case included. */
  readonly type: string;
  /** Its fields, for the API description. */
  readonly fields: TObject;
  answer(form: TokenForm, services: Services, requestID: string): Promise<Answer>;
}
