import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

const seen = 'answers of MEDITECH Greenfield, kept by API Evangelist';

export const documented: DocumentedErrors = [
  {
    at: 'token',
    status: 400,
    body: { error: 'unauthorized_client' },
    says: 'The kind of grant is not open to the application.',
    means: 'operator-alarm',
    source: seen,
  },
  {
    at: 'token',
    status: 401,
    body: { error: 'invalid_client' },
    says: 'The secret is wrong.',
    means: 'operator-alarm',
    source: seen,
  },
];
