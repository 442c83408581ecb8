import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

/** Which `result` a token that is gone has, no source says. That of training plans (30009) is never asked for. */
export const documented: DocumentedErrors = [
  ...(['refresh', 'data', 'revoke'] as const).map((at) => ({
    at,
    status: 200,
    body: { result: anyText, message: anyText },
    says: 'Any result but 0000 is a failure.',
    means: 'failed' as const,
    source: 'two public clients',
  })),
  {
    at: 'data',
    status: 429,
    says: 'More than 1,000 calls in a minute.',
    means: 'rate-limited',
    source: 'one public client',
  },
];
