import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const read = 'Aetna’s developer pages, as API Evangelist read them';

const outcome = (code: string, coding: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, details: { coding: [{ code: coding }], text: anyText } }],
});

export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: 429,
    body: outcome('transient', 'MSG_UNKNOWN_TYPE'),
    says: 'Too many calls from one address.',
    means: 'rate-limited',
    source: read,
  },
  {
    at: 'data',
    status: 400,
    body: outcome('required', 'MSG_RESOURCE_ID_MISSING'),
    says: 'A parameter is missing or not known.',
    means: 'failed',
    source: read,
  },
  {
    at: 'data',
    status: 401,
    says: 'The token is not accepted, or the application has not subscribed to the product.',
    means: 'unauthorized',
    hides: 'operator-alarm',
    source: read,
  },
  {
    at: 'data',
    status: 403,
    says: 'The application is not active.',
    means: 'scope-missing',
    hides: 'operator-alarm',
    source: read,
    contradicted: 'Other FHIR servers refuse one type so; a second-hand reading is too little to stop all.',
  },
  {
    at: 'data',
    status: 404,
    body: outcome('not-found', 'MSG_NO_MATCH'),
    says: 'There is no such record.',
    means: 'no-data',
    source: read,
  },
  ...[405, 406].map((status) => ({
    at: 'data' as const,
    status,
    says: 'Another method, or another media type than JSON.',
    means: 'failed' as const,
    source: read,
  })),
];
