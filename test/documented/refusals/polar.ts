import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const reference = 'Polar AccessLink v3, OpenAPI';

const told = (status: number, errorType: string) => ({
  timestamp: '2026-11-27T09:20:11.000Z',
  status,
  errorType,
  message: anyText,
  corrId: '518b09ad390721cf',
});

export const documented: DocumentedErrors = [
  {
    at: 'connect',
    status: 409,
    says: 'The person is registered already, or the member-id is in use: for a new connection a success.',
    means: 'done',
    source: reference,
  },
  {
    at: 'connect',
    status: 403,
    says: 'Mandatory consents are not accepted.',
    means: 'consent-missing',
    source: reference,
  },
  {
    at: 'connect',
    status: 400,
    body: told(400, 'bad_request'),
    says: 'The address for notices did not answer the ping.',
    means: 'failed',
    source: reference,
  },
  {
    at: 'data',
    status: 403,
    says: 'Mandatory consents are not accepted.',
    means: 'consent-missing',
    source: reference,
  },
  {
    at: 'data',
    status: 401,
    says: 'The token is gone: there is nothing to refresh.',
    means: 'unauthorized',
    source: 'one public client',
  },
  {
    at: 'data',
    status: 429,
    headers: {
      'ratelimit-usage': '521, 1840',
      'ratelimit-limit': '520, 5100',
      'ratelimit-reset': '244, 61200',
    },
    says: 'Too many requests.',
    means: 'rate-limited',
    source: 'Open Wearables',
  },
  {
    at: 'revoke',
    status: 401,
    says: 'Deleting the registration revokes the token: of a second one it is refused.',
    means: 'no-data',
    source: reference,
    contradicted: '204 is documented for a person who is not known, which is done too.',
  },
];
