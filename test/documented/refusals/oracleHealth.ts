import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const guide = 'Oracle Health, Millennium R4 guide';

const refused = {
  error: 'invalid_grant',
  error_uri:
    'https://authorization.oracle.example/errors/urn%3Acerner%3Aerror%3Aauthorization-server%3Aoauth2%3Atoken%3Acode-invalid-or-expired/instances/1',
};

export const documented: DocumentedErrors = [
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: 400,
    body: refused,
    says: 'Code or refresh token are refused. One that is suspended can work again, and looks the same.',
    means: 'unauthorized' as const,
    source: 'Oracle Health, authorization guide, which prints the body and no status',
  })),
  {
    at: 'data',
    status: 401,
    body: {
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'login',
          diagnostics: anyText,
          location: ['http.Authorization'],
        },
      ],
    },
    says: 'The access token has run out or is wrong.',
    means: 'token-refused',
    source: 'smart-on-fhir client-js issue 124',
  },
  {
    at: 'data',
    status: 400,
    body: anyText,
    says: 'A search lacks a parameter.',
    means: 'failed',
    source: guide,
  },
  {
    at: 'data',
    status: 403,
    body: 'Tenant not valid or accessible',
    says: 'The hospital is not known, or has not let the application in.',
    means: 'scope-missing',
    hides: 'operator-alarm',
    source: guide,
  },
  {
    at: 'data',
    status: 406,
    body: '',
    says: 'Another media type than JSON.',
    means: 'failed',
    source: guide,
  },
  { at: 'data', status: 409, says: 'An old version.', means: 'failed', source: guide },
  {
    at: 'data',
    status: 500,
    body: {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'fatal', code: 'required', location: ['/f:AllergyIntolerance/f:status'] }],
    },
    says: 'The record in the source lacks a required field: the same for ever.',
    means: 'failed',
    source: guide,
  },
];
