import { defineEmptyList } from '../participants/defineEmptyList.ts';

/** Pages of the platform ask for it before they show anything; what it lists is not our work. */
export const route = defineEmptyList({
  operationID: 'listSurveyTasks',
  path: '/api/v1/delegated/surveytasks',
  scope: 'SurveyTasks:read',
  member: 'surveyTasks',
  summary: 'List survey tasks of the participant',
});
