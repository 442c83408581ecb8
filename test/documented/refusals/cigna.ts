import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: 500,
    body: {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'processing', diagnostics: anyText }],
    },
    says: 'A record that others refer to is not there.',
    means: 'retry-later',
    hides: 'no-data',
    source: 'answers of Cigna’s sandbox that an aggregator recorded',
  },
];
