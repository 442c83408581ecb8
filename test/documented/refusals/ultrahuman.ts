import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

const openAPI = 'OpenAPI of Ultrahuman’s partner interface, kept by API Evangelist';

export const documented: DocumentedErrors = [
  { at: 'data', status: 400, says: 'The request is wrong.', means: 'failed', source: openAPI },
  {
    at: 'data',
    status: 401,
    says: 'The token is missing or has run out.',
    means: 'token-refused',
    source: openAPI,
  },
  {
    at: 'data',
    status: 404,
    says: 'There is nothing, or the application lacks a permission.',
    means: 'no-data',
    hides: 'scope-missing',
    source: openAPI,
  },
];
