import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const reference = 'WHOOP API, OpenAPI';

/** No source shows a body; of a refresh it is taken for an object, which a page of a gateway is not. */
export const documented: DocumentedErrors = [
  ...([400, 401] as const).map((status) => ({
    at: 'refresh' as const,
    status,
    body: { error: anyText },
    says: 'The refresh token was used, or the consent is gone.',
    means: 'unauthorized' as const,
    source: 'Open Wearables',
    contradicted: 'Nothing tells it from wrong credentials, which no source shows.',
  })),
  { at: 'data', status: 400, says: 'The request is wrong.', means: 'failed', source: reference },
  { at: 'data', status: 401, says: 'Invalid authorization.', means: 'token-refused', source: reference },
  { at: 'data', status: 404, says: 'Not found.', means: 'no-data', source: reference },
  {
    at: 'data',
    status: 429,
    headers: {
      'x-ratelimit-limit': '100, 100;window=60, 10000;window=86400',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '17',
    },
    says: 'The limit of the minute or of the day.',
    means: 'rate-limited',
    source: 'developer.whoop.com, API Rate Limiting',
  },
  { at: 'data', status: 500, says: 'Server error.', means: 'retry-later', source: reference },
  {
    at: 'revoke',
    status: 401,
    says: 'It was revoked before.',
    means: 'no-data',
    source: 'Open Wearables',
  },
];
