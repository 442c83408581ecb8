import type { Quirk } from '../played/quirk.ts';

const told = (resource: string, field: string, code: string, message: string) => ({
  message,
  errors: [{ resource, field, code }],
});
const refused = 'Bad Request';
const denied = 'Authorization Error';

export const quirk: Quirk = {
  alsoTold: { token: { 'athlete.firstname': 'Ash' } },
  userIDOnlyAt: 'token',
  refusals: [
    { phases: ['token'], status: 400, json: told('AuthorizationCode', 'code', 'invalid', refused) },
    { phases: ['token', 'refresh'], status: 401, json: told('Application', '', 'invalid', denied) },
    { phases: ['refresh'], status: 400, json: told('RefreshToken', 'refresh_token', 'invalid', refused) },
    { phases: ['refresh'], status: 400 },
    { phases: ['data'], status: 401, json: told('Athlete', 'access_token', 'invalid', denied) },
    {
      phases: ['connect', 'data'],
      status: 401,
      json: told('AccessToken', 'activity:read_permission', 'missing', denied),
    },
    {
      phases: ['connect', 'data'],
      status: 403,
      json: told('Application', 'Status', 'Inactive', 'Forbidden'),
    },
    { phases: ['data'], status: 404, json: told('Activity', '', 'not found', 'Resource Not Found') },
    {
      phases: ['data'],
      status: 429,
      json: told('Application', 'overall rate limit', 'exceeded', 'Rate Limit Exceeded'),
    },
  ],
};
