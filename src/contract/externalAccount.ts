import { Type, type Static } from 'typebox';
import { ProviderObject } from './provider.ts';
import { AdministrativeDate, DelegatedDate, Guid, IntegerID } from './scalars.ts';

/** Account status values of the specification, "Account Status". */
export const accountStatuses = ['unauthorized', 'fetchingData', 'error', 'fetchComplete'] as const;
/** What can be said of a connection now: that its data arrive, are being fetched, or why they do not. */
export type AccountStatus = (typeof accountStatuses)[number];

/** Outcomes of a finished fetch: every status but the transient one. */
export const settledStatuses = ['unauthorized', 'error', 'fetchComplete'] as const;
/** How the last finished fetch of an account ended. */
export type SettledStatus = (typeof settledStatuses)[number];

/** The external account object of the specification, as the administrative API shows it. */
export const ExternalAccount = Type.Object(
  {
    id: IntegerID,
    participantID: Guid,
    participantIdentifier: Type.String(),
    status: Type.Union(accountStatuses.map((status) => Type.Literal(status))),
    provider: ProviderObject,
    lastRefreshDate: Type.Optional(AdministrativeDate),
    connectionDate: AdministrativeDate,
    providerUserID: Type.Optional(Type.String()),
    dataScopes: Type.Optional(
      Type.String({ description: 'Granted scopes, space-delimited; only for Device Manufacturer.' }),
    ),
  },
  { additionalProperties: false, $id: 'ExternalAccount' },
);
export type ExternalAccount = Static<typeof ExternalAccount>;

/** The external account object as the participant herself sees it: she is not named, and dates have a zone. */
export const DelegatedExternalAccount = Type.Object(
  {
    id: IntegerID,
    status: Type.Union(accountStatuses.map((status) => Type.Literal(status))),
    provider: ProviderObject,
    lastRefreshDate: Type.Optional(DelegatedDate),
    connectionDate: DelegatedDate,
    providerUserID: Type.Optional(Type.String()),
    dataScopes: Type.Optional(
      Type.String({ description: 'Granted scopes, space-delimited; only for Device Manufacturer.' }),
    ),
  },
  { additionalProperties: false, $id: 'DelegatedExternalAccount' },
);
export type DelegatedExternalAccount = Static<typeof DelegatedExternalAccount>;
