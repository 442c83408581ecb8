import { Type, type Static } from 'typebox';
import { IntegerID } from './scalars.ts';

/** What a provider can be, spelled as answers and exports spell it. */
export const providerCategories = ['Provider', 'Health Plan', 'Device Manufacturer'] as const;
/** One of {@link providerCategories}. An account has that of its provider; the schema sees to it. */
export type ProviderCategory = (typeof providerCategories)[number];

/** The same as a schema. */
export const ProviderCategorySchema = Type.Union([
  Type.Literal('Provider'),
  Type.Literal('Health Plan'),
  Type.Literal('Device Manufacturer'),
]);

/** `provider` of the external account object; optional fields are left out when they do not apply. */
export const ProviderObject = Type.Object(
  {
    id: IntegerID,
    name: Type.String(),
    category: ProviderCategorySchema,
    logoUrl: Type.Optional(
      Type.String({
        format: 'uri',
        description:
          'Always there for a service account; for a participant where it is more than a monogram.',
      }),
    ),
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

/** Default and maximum of `pageSize` in searches for providers. */
export const providerPageSizeMax = 100;

/** A part of what a participant's search found. */
export const ProviderPage = Type.Object(
  {
    externalAccountProviders: Type.Array(ProviderObject),
    totalExternalAccountProviders: Type.Integer({ minimum: 0, description: 'All that match.' }),
  },
  { additionalProperties: false, $id: 'ExternalAccountProviderPage' },
);
export type ProviderPage = Static<typeof ProviderPage>;

/** A provider as the public search shows it, with the names that its clients expect. */
export const PublicProvider = Type.Object(
  {
    ID: IntegerID,
    OrganizationName: Type.String(),
    LogoURL: Type.String({ format: 'uri' }),
    Category: ProviderCategorySchema,
  },
  { additionalProperties: false, $id: 'PublicProvider' },
);
export type PublicProvider = Static<typeof PublicProvider>;

/** A part of what the public search found. */
export const PublicProviderPage = Type.Object(
  {
    Providers: Type.Array(PublicProvider),
    TotalCount: Type.Integer({ minimum: 0, description: 'All that match.' }),
  },
  { additionalProperties: false, $id: 'PublicProviderPage' },
);
export type PublicProviderPage = Static<typeof PublicProviderPage>;
