import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

const profile = 'developer.veradigm.com, SMART on FHIR and Searching, as one public file quotes them';

export const documented: DocumentedErrors = [
  {
    at: 'token',
    status: 400,
    body: { error: 'invalid_client' },
    says: 'A secret where an assertion is wanted.',
    means: 'operator-alarm',
    source: profile,
  },
  {
    at: 'token',
    status: 400,
    body: { error: 'invalid_request' },
    says: 'The assertion is malformed.',
    means: 'failed',
    source: profile,
  },
  ...(
    [
      [401, 'The token is not accepted.', 'token-refused'],
      [403, 'The type is closed to it.', 'scope-missing'],
      [404, 'Not found.', 'no-data'],
      [413, 'The answer would be too large.', 'failed'],
    ] as const
  ).map(([status, says, means]) => ({ at: 'data' as const, status, says, means, source: profile })),
];
