import { Type } from 'typebox';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import type { OAuthParts } from '../oauthParts.ts';

/** Five minutes: a vendor that keeps it knows the next key long before it signs. */
const keptForS = 300;

const JsonWebKeySet = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.String(),
      kid: Type.String({ description: 'Thumbprint of the key (RFC 7638).' }),
      use: Type.Literal('sig'),
      alg: Type.String(),
      n: Type.Optional(Type.String()),
      e: Type.Optional(Type.String()),
      crv: Type.Optional(Type.String()),
      x: Type.Optional(Type.String()),
      y: Type.Optional(Type.String()),
    }),
  ),
});

/** Where vendors look up the keys with which we sign that we are the study's application. */
export const route = defineRoute({
  operationID: 'getJsonWebKeySet',
  method: 'GET',
  path: '/.well-known/jwks.json',
  summary: 'The public keys of this installation at vendors',
  description:
    'The public halves of the keys with which this installation authenticates at authorization servers (RFC 7523), and of those that will follow.',
  caller: 'none',
  browsers: true,
  answers: {
    200: { description: 'A JSON Web Key Set (RFC 7517).', content: { 'application/json': JsonWebKeySet } },
  },
  answer: (_call, { publishedKeys }: OAuthParts) =>
    Promise.resolve({
      status: 200,
      headers: { 'cache-control': `public, max-age=${keptForS}` },
      body: { keys: publishedKeys },
    }),
});
