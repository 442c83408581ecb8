import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const recorded = 'answers of athenahealth’s preview that an aggregator recorded';

const forbidden = (...expression: readonly string[]) => ({
  resourceType: 'OperationOutcome',
  issue: [{ details: { text: anyText }, expression, severity: 'fatal', code: 'forbidden' }],
});

export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: 403,
    headers: { 'ratelimit-limit': '500', 'ratelimit-remaining': '494', 'ratelimit-reset': '1' },
    body: forbidden('ServiceRequest'),
    says: 'The type is not among the scopes.',
    means: 'scope-missing',
    source: recorded,
  },
  {
    at: 'data',
    status: 403,
    body: forbidden('patient,intent', '_id'),
    says: 'A search lacks a parameter; each set of parameters that would do is named.',
    means: 'failed',
    source: recorded,
  },
];
