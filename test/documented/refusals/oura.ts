import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const tidepool = 'Tidepool platform, Oura client';

/** Bodies are empty but for 422, says one client; an older page of the vendor shows status, title and detail. */
export const documented: DocumentedErrors = [
  {
    at: 'refresh',
    status: 400,
    body: { status: 400, title: 'Bad Request', detail: anyText, error: 'invalid_grant' },
    says: 'The refresh token was used, revoked or never given.',
    means: 'unauthorized',
    source: 'cloud.ouraring.com, error handling of version 1: RFC 7807 with the members of RFC 6749',
  },
  {
    at: 'data',
    status: 400,
    says: 'The query is not valid.',
    means: 'failed',
    source: tidepool,
    contradicted: 'Empty in this client, JSON with status, title and detail in the vendor’s older page.',
  },
  {
    at: 'data',
    status: 401,
    body: '',
    says: 'The access token is not valid, has run out or was revoked.',
    means: 'token-refused',
    source: tidepool,
  },
  {
    at: 'data',
    status: 403,
    body: '',
    says: 'The membership has ended, or a scope is missing: the answer does not say which.',
    means: 'subscription-lapsed',
    hides: 'scope-missing',
    source: `${tidepool}; support.ouraring.com, The Oura API`,
  },
  { at: 'data', status: 404, body: '', says: 'No such document.', means: 'no-data', source: tidepool },
  {
    at: 'data',
    status: 422,
    body: { detail: [{ loc: ['query', 'start_date'], msg: anyText, type: 'value_error' }] },
    says: 'The request is not valid.',
    means: 'failed',
    source: 'OpenAPI of Oura',
  },
  {
    at: 'data',
    status: 429,
    body: '',
    says: 'Too many requests.',
    means: 'rate-limited',
    source: tidepool,
  },
  {
    at: 'revoke',
    status: 401,
    body: '',
    says: 'It was revoked before, to be read as done.',
    means: 'no-data',
    source: tidepool,
  },
];
