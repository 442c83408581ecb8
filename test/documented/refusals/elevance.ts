import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const read = 'answers of Elevance’s gateway, as API Evangelist read them';

export const documented: DocumentedErrors = [
  {
    at: 'data',
    status: 500,
    body: {
      status_code: 500,
      status: 'failed',
      error: 'Internal server error',
      error_description: anyText,
    },
    says: 'Trouble before the FHIR server.',
    means: 'retry-later',
    source: read,
  },
  {
    at: 'data',
    status: 403,
    body: '',
    says: 'This path is closed.',
    means: 'scope-missing',
    source: read,
  },
];
