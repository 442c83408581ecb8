import { Type, type Static, type TSchema } from 'typebox';

const closed = { additionalProperties: false } as const;

const operations = [
  ...(['authorize', 'consent', 'token', 'refresh', 'introspect', 'revoke', 'user-id'] as const),
  ...(['granted-scopes', 'connect', 'discovery', 'keys', 'subscription', 'backfill', 'data'] as const),
] as const;

/** When a fault strikes; every condition that is given has to hold. */
const when = {
  on: Type.Optional(
    Type.Array(Type.Enum(operations), {
      description:
        'Kinds of requests. Default: the token endpoint for what cuts an exchange of tokens, otherwise all but pages.',
    }),
  ),
  person: Type.Optional(Type.String({ description: 'Only requests about this person.' })),
  nth: Type.Optional(
    Type.Array(Type.Integer({ minimum: 1 }), {
      description: 'Only these of the requests that fit, counted from 1.',
    }),
  ),
  times: Type.Optional(Type.Integer({ minimum: 1, description: 'Only the first so many that fit.' })),
  rate: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Share of those that fit.' })),
  forS: Type.Optional(Type.Number({ minimum: 0, description: 'Seconds from now on.' })),
};

const verdicts = [
  ...([
    'unauthorized',
    'token-refused',
    'consent-missing',
    'scope-missing',
    'subscription-lapsed',
    'no-data',
  ] as const),
  ...(['rate-limited', 'retry-later', 'retired', 'operator-alarm', 'failed'] as const),
] as const;

/** Bodies that a careless client takes for an answer. */
export const bodyShapes = [
  ...(['oauth-error', 'github-error', 'body-status-401', 'body-status-601', 'ok-false', 'html'] as const),
  ...(['empty', 'empty-object', 'null', 'array', 'text', 'byte-order-mark', 'malformed'] as const),
  ...(['cut-off', 'duplicate-keys', 'prototype', 'deep', 'wide'] as const),
] as const;

function defineFault<const Kind extends string, const Facts extends Record<string, TSchema>>(
  kind: Kind,
  description: string,
  facts: Facts,
) {
  return Type.Object({ kind: Type.Literal(kind), ...facts, ...when }, { ...closed, description });
}

const status = Type.Optional(Type.Integer({ minimum: 200, maximum: 599 }));

/** What a provider does in place of answering as it should. */
export const FaultSchema = Type.Union([
  defineFault(
    'commit-then-drop',
    'The request is carried out, and the connection cut before the answer.',
    {},
  ),
  defineFault('drop', 'The connection is cut, and nothing was carried out.', {}),
  defineFault('commit-then-5xx', 'The request is carried out and answered with 502.', { status }),
  defineFault('refuse', 'The vendor’s own way of saying this; `unauthorized`: invalid_grant.', {
    as: Type.Enum(verdicts),
  }),
  defineFault('rate-limit', '429, with this Retry-After where one is given: seconds, a date, or garbage.', {
    retryAfter: Type.Optional(Type.String()),
    retryAfterDateS: Type.Optional(
      Type.Integer({ description: 'Retry-After as the date so many seconds from now.' }),
    ),
  }),
  defineFault('status', 'This status (408, 502, 503) and a page for people, or nothing.', {
    status: Type.Integer({ minimum: 200, maximum: 599 }),
    body: Type.Optional(Type.Enum(['html', 'empty', 'json'] as const)),
  }),
  defineFault('body', 'Status 200 (or another) with a body that is no answer.', {
    shape: Type.Enum(bodyShapes),
    status,
  }),
  defineFault('drip', 'The right answer, a byte at a time.', {
    bytesPerS: Type.Number({ exclusiveMinimum: 0 }),
  }),
  defineFault('silence', 'The request is read, and nothing is ever answered.', {}),
  defineFault('endless', 'A body that does not end.', {}),
  defineFault('gzip-bomb', 'A small body that unpacks to this size.', {
    megabytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_096 })),
  }),
  defineFault('stacked-encodings', 'The right answer, packed twice.', {}),
  defineFault('redirect', 'A redirect: to a private address, another scheme, itself.', {
    to: Type.String(),
    status,
  }),
]);

export type Fault = Static<typeof FaultSchema>;
