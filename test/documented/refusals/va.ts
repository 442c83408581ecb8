import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

/** That a token which is gone is told in an answer with status 200, one client believes; it is not followed. */
export const documented: DocumentedErrors = [
  {
    at: 'token',
    status: 400,
    headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    body: { error: 'invalid_request' },
    says: 'The request is wrong.',
    means: 'failed',
    source: 'developer portal of Veterans Affairs, authorization code flow',
  },
];
