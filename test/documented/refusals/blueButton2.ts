import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const page = 'bluebutton.cms.gov, authorization';
const server = 'source of bluebutton-web-server';

export const documented: DocumentedErrors = [
  {
    at: 'refresh',
    status: 400,
    body: { error: 'invalid_grant' },
    says: 'The refresh token was used before, or is wrong.',
    means: 'unauthorized',
    source: page,
  },
  {
    at: 'refresh',
    status: 400,
    body: { status_code: 400, error: 'invalid_grant', error_description: anyText },
    says: 'The grant has ended: the person has to consent again.',
    means: 'unauthorized',
    source: page,
  },
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: 401,
    body: { error: 'invalid_client' },
    says: 'Credentials or permissions of the application are wrong.',
    means: 'operator-alarm' as const,
    source: page,
  })),
  {
    at: 'refresh',
    status: 403,
    body: anyText,
    says: 'The application was switched off.',
    means: 'operator-alarm',
    source: 'table of errors of the sample client of CMS',
    contradicted: 'The source of the server has invalid_client for it.',
  },
  {
    at: 'refresh',
    status: 404,
    body: { status_code: 404, message: anyText },
    says: 'The person was not found where the claims are.',
    means: 'failed',
    source: server,
  },
  {
    at: 'refresh',
    status: 502,
    body: { status_code: 502, message: anyText },
    says: 'Trouble behind the server.',
    means: 'retry-later',
    source: server,
  },
  {
    at: 'data',
    status: 401,
    says: 'The access token has run out, or the 13 months are over.',
    means: 'token-refused',
    source: page,
  },
  {
    at: 'data',
    status: 403,
    says: 'The person withholds her personal details.',
    means: 'scope-missing',
    source: page,
  },
  {
    at: 'data',
    status: 404,
    body: 'Data Access Grant was Not Found.',
    says: 'The grant was revoked or has ended.',
    means: 'failed',
    hides: 'unauthorized',
    source: 'announcement to developers of 2023-07-20',
    contradicted:
      'In the source of the server it is the answer of the call that ends a grant for a test. A record of somebody ' +
      'else is a 404 too, so the next refresh has to tell.',
  },
];
