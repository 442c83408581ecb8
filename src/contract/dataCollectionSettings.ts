import { Type, type Static } from 'typebox';

/** What pages of the platform look at before they offer to connect something. */
export const DataCollectionSettings = Type.Object(
  {
    fitbitEnabled: Type.Boolean(),
    googleHealthEnabled: Type.Boolean(),
    garminEnabled: Type.Boolean(),
    dexcomEnabled: Type.Boolean(),
    omronEnabled: Type.Boolean(),
    ouraEnabled: Type.Boolean(),
    ehrEnabled: Type.Boolean({ description: 'Whether the study uses hospitals, practices or health plans.' }),
    airQualityEnabled: Type.Literal(false),
    weatherEnabled: Type.Literal(false),
    appleHealthEnabled: Type.Literal(false),
    appleHealthRecordsEnabled: Type.Literal(false),
    googleFitEnabled: Type.Literal(false),
    healthConnectEnabled: Type.Literal(false),
    queryableDeviceDataTypes: Type.Array(Type.Object({ namespace: Type.String(), type: Type.String() })),
  },
  { additionalProperties: false, $id: 'DataCollectionSettings' },
);
export type DataCollectionSettings = Static<typeof DataCollectionSettings>;
