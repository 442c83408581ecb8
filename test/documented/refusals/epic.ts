import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const recorded = 'answers of Epic’s sandbox that an aggregator recorded';
const registry = 'Epic’s numeric codes, as its specification pages print them';

const outcome = (code: string, issue: { severity: string; code: string }) => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      ...issue,
      details: {
        coding: [{ system: 'urn:oid:1.2.840.114350.1.13.0.1.7.2.657369', code, display: anyText }],
        text: anyText,
      },
    },
  ],
});

export const documented: DocumentedErrors = [
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: 400,
    body: { error: 'invalid_grant', error_description: null },
    says: 'Code or refresh token are refused; the description is null.',
    means: 'unauthorized' as const,
    source: 'smart-on-fhir client-js issue 87',
  })),
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: [400, 401] as const,
    body: { error: 'invalid_client' },
    says: 'The key of the application cannot be read or does not fit; there is no other diagnosis.',
    means: 'operator-alarm' as const,
    source: 'health-skillz, notes on production sites',
  })),
  {
    at: 'data',
    status: 403,
    headers: {
      'www-authenticate': 'Bearer error="insufficient_scope", error_description="Told to people."',
    },
    body: '',
    says: 'The type is not among the scopes.',
    means: 'scope-missing',
    source: recorded,
  },
  {
    at: 'data',
    status: 403,
    body: outcome('59203', { severity: 'fatal', code: 'forbidden' }),
    says: 'A part of the type was not granted.',
    means: 'scope-missing',
    source: recorded,
  },
  {
    at: 'data',
    status: 403,
    body: outcome('4118', { severity: 'fatal', code: 'processing' }),
    says: 'This one record is withheld; the connection is well.',
    means: 'scope-missing',
    source: recorded,
  },
  {
    at: 'data',
    status: 400,
    body: outcome('59108', { severity: 'fatal', code: 'required' }),
    says: 'A search lacks its category.',
    means: 'failed',
    source: recorded,
  },
  {
    at: 'data',
    status: 404,
    headers: { 'content-type': 'text/html' },
    body: '<html><body>Not found.</body></html>',
    says: 'The server does not have the type.',
    means: 'no-data',
    source: recorded,
  },
  {
    at: 'data',
    status: 200,
    body: outcome('4101', { severity: 'warning', code: 'not-found' }),
    says: 'The search has no result.',
    means: 'no-data',
    source: registry,
  },
  {
    at: 'data',
    status: [400, 404, 410],
    body: outcome('4103', { severity: 'fatal', code: 'processing' }),
    says: 'The record was deleted.',
    means: 'no-data',
    source: registry,
  },
  {
    at: 'data',
    status: [400, 404, 410],
    body: outcome('4113', { severity: 'fatal', code: 'processing' }),
    says: 'The pages of this search have run out: it has to start over.',
    means: 'retry-later',
    source: registry,
  },
  {
    at: 'data',
    status: [400, 403, 429],
    body: outcome('4135', { severity: 'fatal', code: 'processing' }),
    says: 'The day’s quota of documents: tomorrow again.',
    means: 'rate-limited',
    source: registry,
  },
];
