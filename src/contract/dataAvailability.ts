import { Type, type Static } from 'typebox';

/** Which records that a device collects by itself have arrived. None ever do: that is not our work. */
export const DataAvailability = Type.Object(
  { appleHealthRecords: Type.Literal(false), healthConnectPhr: Type.Literal(false) },
  { additionalProperties: false, $id: 'DataAvailability' },
);
export type DataAvailability = Static<typeof DataAvailability>;
