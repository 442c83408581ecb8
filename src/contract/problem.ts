import { Type, type Static } from 'typebox';

/** RFC 9457 with the extra `message` that clients of the platform read (`docs/guides/clients.md`). */
export const ProblemBody = Type.Object(
  {
    type: Type.String({ description: 'Page that explains this kind of problem.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    message: Type.String({ description: 'Equal to `detail`.' }),
    code: Type.String({ description: 'Stable name of this kind of problem.' }),
  },
  { additionalProperties: false, $id: 'Problem' },
);
export type ProblemBody = Static<typeof ProblemBody>;

/** Answer of the token endpoint when it refuses (RFC 6749 section 5.2). */
export const TokenErrorBody = Type.Object(
  {
    error: Type.Union([
      Type.Literal('invalid_request'),
      Type.Literal('invalid_client'),
      Type.Literal('invalid_grant'),
      Type.Literal('unsupported_grant_type'),
      Type.Literal('invalid_scope'),
    ]),
    error_description: Type.Optional(Type.String()),
  },
  { additionalProperties: false, $id: 'TokenError' },
);
export type TokenErrorBody = Static<typeof TokenErrorBody>;
