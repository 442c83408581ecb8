import { Type, type Static } from 'typebox';
import { ExportDate, Guid, IntegerID } from './scalars.ts';

/** Status values of the export page; an account whose first fetch has not finished has none. */
export const exportedStatuses = ['Unauthorized', 'Error', 'FetchComplete'] as const;

/** Columns of the Data Scopes export in the order of the specification's CSV sample. */
export const dataScopesColumns = [
  'ExternalAccountID',
  'ParticipantID',
  'ParticipantIdentifier',
  'Status',
  'LastRefreshDate',
  'ProviderID',
  'ProviderName',
  'ProviderCategory',
  'ConnectionDate',
  'ProviderUserID',
  'DataScopes',
] as const;

/** One object of the JSON forms: keys, nesting and order of the sample; null where a value does not exist. */
export const DataScopesRow = Type.Object(
  {
    ExternalAccountID: IntegerID,
    ParticipantID: Guid,
    ParticipantIdentifier: Type.String(),
    Status: Type.Union([...exportedStatuses.map((status) => Type.Literal(status)), Type.Null()]),
    LastRefreshDate: Type.Union([ExportDate, Type.Null()]),
    Provider: Type.Object(
      { ID: IntegerID, Name: Type.String(), Category: Type.Literal('Device Manufacturer') },
      { additionalProperties: false },
    ),
    ConnectionDate: ExportDate,
    ProviderUserID: Type.Union([Type.String(), Type.Null()]),
    DataScopes: Type.Union([Type.String(), Type.Null()]),
  },
  { additionalProperties: false, $id: 'DataScopesRow' },
);
export type DataScopesRow = Static<typeof DataScopesRow>;
