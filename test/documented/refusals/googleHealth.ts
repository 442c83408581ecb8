import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const troubleshooting = 'developers.google.com/health/troubleshooting';
const oauth = 'developers.google.com/identity/protocols/oauth2/web-server';

/** The catalogue of errors names reason and status; the members around them are those of all Google APIs. */
const told = (code: number, status: string, reason?: string) => ({
  error: { code, message: anyText, status, ...(reason !== undefined && { details: [{ reason }] }) },
});

export const documented: DocumentedErrors = [
  {
    at: 'refresh',
    status: 400,
    body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    says: 'The participant has withdrawn, or the refresh token was not used for six months.',
    means: 'unauthorized',
    source: oauth,
  },
  {
    at: 'refresh',
    status: 401,
    body: { error: 'invalid_client' },
    says: 'The secret of the application is wrong.',
    means: 'operator-alarm',
    source: oauth,
  },
  {
    at: 'data',
    status: 400,
    body: told(400, 'FAILED_PRECONDITION', 'ACCOUNT_NOT_LINKED'),
    says: 'The Google account has no Fitbit account: the participant has to link it.',
    means: 'consent-missing',
    source: 'developers.google.com/health/reference/rest/v4/errors',
    contradicted: 'One client has seen it as a 403.',
  },
  {
    at: 'data',
    status: 403,
    body: told(403, 'PERMISSION_DENIED', 'ACCOUNT_NOT_LINKED'),
    says: 'The Google account has no Fitbit account: the participant has to link it.',
    means: 'consent-missing',
    source: 'Open Wearables',
    contradicted: 'The catalogue of errors says 400.',
  },
  {
    at: 'data',
    status: 401,
    body: told(401, 'UNAUTHENTICATED'),
    says: 'The token has run out or is not valid: refresh, or ask for consent again.',
    means: 'token-refused',
    source: troubleshooting,
  },
  {
    at: 'data',
    status: 403,
    body: told(403, 'PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
    says: 'The participant has unticked the scope of this kind of data.',
    means: 'scope-missing',
    source: 'google.api.ErrorReason; public clients of other Google APIs',
  },
  {
    at: 'data',
    status: 403,
    body: told(403, 'PERMISSION_DENIED'),
    says: 'A Fitbit account that was not moved to Google gave the consent.',
    means: 'scope-missing',
    hides: 'consent-missing',
    source: troubleshooting,
  },
  {
    at: 'data',
    status: 403,
    body: told(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED'),
    says: 'The interface is not switched on in the project of the application.',
    means: 'operator-alarm',
    source: 'google.api.ErrorReason',
  },
  {
    at: 'data',
    status: 429,
    body: told(429, 'RESOURCE_EXHAUSTED'),
    says: 'The quota of the participant or of the project.',
    means: 'rate-limited',
    source: 'developers.google.com/health, rate limits',
  },
  {
    at: 'revoke',
    status: 400,
    body: { error: 'invalid_token' },
    says: 'The token is gone already.',
    means: 'no-data',
    source: oauth,
  },
];
