import { defineEmptyList } from '../participants/defineEmptyList.ts';

/** Pages of the platform ask for it before they show anything; what it lists is not our work. */
export const route = defineEmptyList({
  operationID: 'listDeviceData',
  path: '/api/v1/delegated/devicedata',
  scope: 'DeviceData:read',
  member: 'deviceDataPoints',
  summary: 'List device data of the participant',
});
