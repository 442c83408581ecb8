import { Type, type Static } from 'typebox';
import { FaultSchema } from './fault.ts';

const closed = { additionalProperties: false } as const;

/** One of these, or `{"send": …}` with a value that is put in as it is. */
function oddity<const Name extends string>(names: readonly Name[], description: string) {
  return Type.Optional(
    Type.Union([Type.Enum(names), Type.Object({ send: Type.Unknown() }, closed)], { description }),
  );
}

const seconds = (description: string) => Type.Optional(Type.Number({ minimum: 1, description }));

/** The dials of one provider as the control API takes them; every one of them may be left out. */
export const DialSettingsSchema = Type.Object(
  {
    faults: Type.Optional(
      Type.Array(FaultSchema, { description: 'The first that strikes a request counts.' }),
    ),
    latency: Type.Optional(
      Type.Object(
        { ms: Type.Number({ minimum: 0 }), jitterMs: Type.Optional(Type.Number({ minimum: 0 })) },
        { ...closed, description: 'Before every answer but pages.' },
      ),
    ),
    clockSkewS: Type.Optional(
      Type.Number({ description: 'Seconds by which the provider’s clock is ahead; negative: behind.' }),
    ),
    accessTokenLifetimeS: seconds('Seconds for which access tokens that are issued from now on are good.'),
    refreshTokenLifetimeS: seconds('The same for refresh tokens.'),
    grantLifetimeS: seconds('Seconds to the fixed end of consents, where the provider has one.'),
    rotation: Type.Optional(
      Type.Enum(['always', 'sometimes', 'never'] as const, {
        description: 'Whether a refresh gives a new refresh token where the policy says so. Default: always.',
      }),
    ),
    reuseDetection: Type.Optional(
      Type.Boolean({
        description:
          'Whether a spent refresh token of the policy `rotating` ends the consent. Default: true.',
      }),
    ),
    expiresIn: oddity(
      ['missing', 'text', 'decimal', 'zero', 'negative', 'huge'] as const,
      'What token answers say of their lifetime; tokens live as long as they would otherwise.',
    ),
    scopes: oddity(
      [
        ...(['missing', 'empty', 'array', 'other-separator', 'duplicates', 'long'] as const),
        ...(['unicode', 'also-named', 'other-version'] as const),
      ],
      'How granted scopes are told.',
    ),
    userID: oddity(
      ['missing', 'number', 'text', 'changes-on-refresh'] as const,
      'How the person is named in token answers.',
    ),
    redirectUris: Type.Optional(
      Type.Array(Type.String(), {
        description: 'The only redirect URIs. Default: what is used first is registered.',
      }),
    ),
    issuer: Type.Optional(
      Type.Enum(['off', 'missing', 'wrong'] as const, {
        description:
          'RFC 9207. off: neither announced nor sent. missing: announced, not sent. Default: as it should be.',
      }),
    ),
    metadata: Type.Optional(
      Type.Object(
        {
          set: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
          remove: Type.Optional(Type.Array(Type.String())),
          megabytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
        },
        { ...closed, description: 'Lies of the configurations that SMART servers publish.' },
      ),
    ),
    mixUp: Type.Optional(
      Type.Object(
        { slug: Type.String(), base: Type.Optional(Type.String()) },
        {
          ...closed,
          description:
            'Authorization requests are relayed to this provider; to a SMART server at this FHIR base.',
        },
      ),
    ),
    webhooks: Type.Optional(
      Type.Enum(['on', 'off', 'forged'] as const, {
        description:
          'Whether webhooks are sent; forged: with a signature that is not the vendor’s. Default: on.',
      }),
    ),
  },
  closed,
);

export type DialSettings = Readonly<Static<typeof DialSettingsSchema>>;
