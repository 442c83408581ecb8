import { defineEmptyList } from '../participants/defineEmptyList.ts';

/** Pages of the platform ask for it before they show anything; what it lists is not our work. */
export const route = defineEmptyList({
  operationID: 'listNotifications',
  path: '/api/v1/delegated/notifications',
  scope: 'Notifications:read',
  member: 'notifications',
  summary: 'List notifications of the participant',
});
