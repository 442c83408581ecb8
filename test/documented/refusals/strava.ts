import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

const reference = 'Strava API reference, Fault and Error';
const clients = 'several public clients, from the vendor’s own answers';

const told = (resource: string, field: string, code: string, message = 'Bad Request') => ({
  message,
  errors: [{ resource, field, code }],
});

export const documented: DocumentedErrors = [
  {
    at: 'token',
    status: 400,
    body: told('AuthorizationCode', 'code', 'invalid'),
    says: 'The code was used, or has run out.',
    means: 'unauthorized',
    source: clients,
  },
  ...(['token', 'refresh'] as const).flatMap((at) =>
    [
      { status: 400, body: told('Application', 'client_id', 'invalid') },
      { status: 401, body: told('Application', '', 'invalid', 'Authorization Error') },
    ].map((answer) => ({
      at,
      ...answer,
      says: 'Identifier or secret of the application are wrong.',
      means: 'operator-alarm' as const,
      source: clients,
      contradicted: '400 in some clients and 401 in others.',
    })),
  ),
  {
    at: 'refresh',
    status: 400,
    body: told('RefreshToken', 'refresh_token', 'invalid'),
    says: 'The refresh token was replaced, or the athlete has withdrawn.',
    means: 'unauthorized',
    source: clients,
  },
  ...[400, 401].map((status) => ({
    at: 'refresh' as const,
    status,
    body: '',
    says: 'One client takes both for a withdrawal; an answer without its body says no such thing.',
    means: 'retry-later' as const,
    source: 'one public client',
    contradicted: 'Wrong credentials have the same statuses, so only the resource in the body is believed.',
  })),
  {
    at: 'data',
    status: 401,
    body: told('Athlete', 'access_token', 'invalid', 'Authorization Error'),
    says: 'The access token has run out, or the athlete has withdrawn.',
    means: 'token-refused',
    source: reference,
  },
  ...(['connect', 'data'] as const).map((at) => ({
    at,
    status: 401,
    body: told('AccessToken', 'activity:read_permission', 'missing', 'Authorization Error'),
    says: 'The athlete has unticked the scope; the token is good for others.',
    means: 'scope-missing' as const,
    source: clients,
  })),
  ...(['connect', 'data'] as const).map((at) => ({
    at,
    status: 403,
    body: told('Application', 'Status', 'Inactive', 'Forbidden'),
    says: 'The application is switched off: whoever owns it has no subscription. Tokens are still refreshed.',
    means: 'operator-alarm' as const,
    source: `${clients}; communityhub.strava.com`,
  })),
  {
    at: 'data',
    status: 403,
    body: '',
    says: 'An activity that is private, or closed to the scopes.',
    means: 'scope-missing',
    source: 'stravalib',
    contradicted: 'Others see 404 for it.',
  },
  {
    at: 'data',
    status: 404,
    body: told('Activity', '', 'not found', 'Resource Not Found'),
    says: 'Deleted, or private.',
    means: 'no-data',
    source: reference,
  },
  {
    at: 'data',
    status: 429,
    headers: { 'x-ratelimit-limit': '200,2000', 'x-ratelimit-usage': '201,640' },
    body: told('Application', 'overall rate limit', 'exceeded', 'Rate Limit Exceeded'),
    says: 'The limit of a quarter of an hour, or of the day.',
    means: 'rate-limited',
    source: 'developers.strava.com, rate limits',
  },
  {
    at: 'revoke',
    status: 503,
    says: 'To be tried again.',
    means: 'retry-later',
    source: 'Open Wearables',
  },
];
