import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

const tidepool = 'Tidepool platform, Dexcom client';

export const documented: DocumentedErrors = [
  {
    at: 'refresh',
    status: 400,
    body: { error: 'invalid_grant' },
    says: 'It happens for grants that are good: tried again with growing pauses before it is believed.',
    means: 'retry-later',
    source: tidepool,
  },
  {
    at: 'refresh',
    status: 400,
    body: { error: 'invalid_grant' },
    timesInARow: 5,
    says: 'The refresh token was used, has run out or was revoked.',
    means: 'unauthorized',
    source: tidepool,
  },
  {
    at: 'data',
    status: 401,
    says: 'Refresh once and try again.',
    means: 'token-refused',
    source: `${tidepool}; a public client`,
  },
  {
    at: 'data',
    status: 401,
    timesInARow: 5,
    says: 'The grant is gone.',
    means: 'token-refused',
    source: tidepool,
  },
  {
    at: 'data',
    status: 429,
    says: 'More than 60,000 calls of the application in an hour.',
    means: 'rate-limited',
    source: 'developer.dexcom.com, Endpoints',
  },
];
