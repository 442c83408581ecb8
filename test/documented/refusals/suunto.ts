import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

/** No source shows a whole body. */
export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: 401,
    says: 'The grant is gone.',
    means: 'token-refused',
    source: 'Open Wearables',
  },
  {
    at: 'data',
    status: 200,
    body: { error: anyText, payload: null, metadata: {} },
    says: 'A failure that comes as a success.',
    means: 'failed',
    source: 'Open Wearables, a public Go client',
  },
  ...([403, 429] as const).map((status) => ({
    at: 'data' as const,
    status,
    says: 'The quota of the gateway is used up.',
    means: 'rate-limited' as const,
    source: 'Azure API Management, quota and rate limit policies',
  })),
];
