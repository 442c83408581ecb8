import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const recorded = 'answers of NextGen’s sandbox that an aggregator recorded';

/** Issues have no code. */
const outcome = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', diagnostics: anyText }],
};

export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: 403,
    body: outcome,
    says: 'The participant did not grant the type.',
    means: 'scope-missing',
    source: recorded,
  },
  {
    at: 'data',
    status: 404,
    body: outcome,
    says: 'A search for care plans lacks its category: nothing says that there are none.',
    means: 'failed',
    source: recorded,
  },
  {
    at: 'data',
    status: 400,
    body: outcome,
    says: 'A search lacks its category, or a record that others refer to cannot be read.',
    means: 'failed',
    source: recorded,
  },
];
