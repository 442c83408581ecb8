import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const errorPage = 'dev.fitbit.com, Error Handling and Error Messages';

const told = (errorType: string) => ({ errors: [{ errorType, message: anyText }], success: false });

export const documented: DocumentedErrors = [
  {
    at: 'refresh',
    status: 400,
    body: told('invalid_grant'),
    says: 'The refresh token was used, revoked or never given; the message repeats it, so it is a secret.',
    means: 'unauthorized',
    source: `${errorPage}; public clients`,
  },
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: 401,
    body: told('invalid_client'),
    says: 'The credentials of the application are wrong.',
    means: 'operator-alarm' as const,
    source: errorPage,
  })),
  {
    at: 'data',
    status: 401,
    body: told('expired_token'),
    says: 'The access token has run out; refresh it.',
    means: 'token-refused',
    source: errorPage,
  },
  {
    at: 'data',
    status: 401,
    body: told('invalid_token'),
    says: 'The access token is not valid.',
    means: 'unauthorized',
    source: errorPage,
  },
  {
    at: 'data',
    status: 403,
    body: told('insufficient_scope'),
    says: 'The participant did not grant the scope.',
    means: 'scope-missing',
    source: errorPage,
  },
  {
    at: 'data',
    status: 403,
    body: told('insufficient_permissions'),
    says: 'The application may not read this.',
    means: 'scope-missing',
    source: errorPage,
  },
  { at: 'data', status: 400, says: 'Bad request.', means: 'failed', source: errorPage },
  { at: 'connect', status: 409, says: 'The subscription exists.', means: 'failed', source: errorPage },
  {
    at: 'data',
    status: 429,
    headers: {
      'fitbit-rate-limit-limit': '150',
      'fitbit-rate-limit-remaining': '0',
      'fitbit-rate-limit-reset': '1210',
    },
    says: 'The hourly limit of this participant.',
    means: 'rate-limited',
    source: errorPage,
    contradicted: 'The reset is in seconds, or a Unix time in one client: nothing here depends on it.',
  },
  { at: 'data', status: 500, says: 'Trouble of the server.', means: 'retry-later', source: errorPage },
  ...(['token', 'refresh', 'data', 'revoke'] as const).map((at) => ({
    at,
    status: 410,
    says: 'The interface has ended.',
    means: 'retired' as const,
    source: 'developers.google.com/health, About',
    contradicted: 'The day is 2026-11-02, or 2026-10-30 in older notices.',
  })),
];
