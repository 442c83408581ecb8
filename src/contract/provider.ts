import { Type, type Static } from 'typebox';
import { IntegerID } from './scalars.ts';

export const providerCategories = ['Provider', 'Health Plan', 'Device Manufacturer'] as const;
export type ProviderCategory = (typeof providerCategories)[number];

/** `provider` of the external account object; optional fields are left out when they do not apply. */
export const ProviderObject = Type.Object(
  {
    id: IntegerID,
    name: Type.String(),
    category: Type.Union(providerCategories.map((category) => Type.Literal(category))),
    logoUrl: Type.String({ format: 'uri' }),
    enabled: Type.Optional(
      Type.Boolean({ description: 'Whether a participant who is not connected could connect.' }),
    ),
    message: Type.Optional(Type.String({ description: 'Why it is not enabled; fit for the participant.' })),
    relatedProvider: Type.Optional(
      Type.String({ description: 'Provider through which a connection exists already.' }),
    ),
    managingOrganization: Type.Optional(
      Type.String({ description: 'Organization that manages a provider that is not enabled.' }),
    ),
    successorID: Type.Optional(IntegerID),
  },
  { additionalProperties: false, $id: 'ExternalAccountProvider' },
);
export type ProviderObject = Static<typeof ProviderObject>;
