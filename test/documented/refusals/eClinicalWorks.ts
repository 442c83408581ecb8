import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: 400,
    headers: { 'content-type': 'application/json+fhir;charset=UTF-8' },
    body: {
      resourceType: 'OperationOutcome',
      text: { status: 'generated', div: anyText },
      issue: [{ severity: 'error', code: 'processing', diagnostics: anyText }],
    },
    says: 'A search lacks its category.',
    means: 'failed',
    source: 'answers of eClinicalWorks’ sandbox that an aggregator recorded',
  },
  ...(['token', 'refresh', 'data'] as const).map((at) => ({
    at,
    status: 429,
    says: 'More than 250 calls in a minute at one base address; calls for tokens count.',
    means: 'rate-limited' as const,
    source: 'fhir.eclinicalworks.com, notice of October 2025',
  })),
];
