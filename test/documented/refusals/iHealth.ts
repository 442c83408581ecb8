import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const told = (ErrorCode: string, Error: string) => ({
  BackValue: '',
  Client_Para: '',
  Error,
  ErrorCode,
  ErrorDescription: anyText,
});

export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: [200, 400, 403, 429, 503],
    body: told('503', 'limits_hour_error'),
    says: 'The limit of the hour. The status of HTTP is not written: the code stands in the body.',
    means: 'rate-limited',
    source: 'developer.ihealthlabs.com, limits',
  },
  ...(['connect', 'data'] as const).map((at) => ({
    at,
    status: 200,
    body: told(anyText, anyText),
    says: 'Failures have these members; no other code is listed.',
    means: 'failed' as const,
    source: 'developer.ihealthlabs.com',
  })),
];
