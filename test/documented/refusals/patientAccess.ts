import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

/** Of plans without a definition of their own. */
export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: 403,
    headers: { 'content-type': 'text/xml' },
    body: '<env:Envelope><env:Body><env:Fault>Told to people.</env:Fault></env:Body></env:Envelope>',
    says: 'Refused before the FHIR server, whatever the reason.',
    means: 'scope-missing',
    hides: 'failed',
    source: 'answers of Centene’s gateway, as API Evangelist read them',
  },
  {
    at: 'data',
    status: 429,
    says: 'Too many requests; nothing tells until when.',
    means: 'rate-limited',
    source: 'Centene’s OpenAPI, as API Evangelist read it',
  },
];
