import type { Quirk } from '../played/quirk.ts';

const reason = 'urn%3Acerner%3Aerror%3Aauthorization-server%3Aoauth2%3Atoken%3Acode-invalid-or-expired';

export const quirk: Quirk = {
  neverTold: { token: ['need_patient_banner'], refresh: ['patient', 'need_patient_banner'] },
  refusals: [
    {
      phases: ['token', 'refresh'],
      status: 400,
      json: {
        error: 'invalid_grant',
        error_uri: `https://authorization.oracle.example/errors/${reason}/instances/1`,
      },
    },
    {
      phases: ['data'],
      status: 401,
      json: {
        resourceType: 'OperationOutcome',
        issue: [
          {
            severity: 'error',
            code: 'login',
            diagnostics: 'Bearer realm="sandbox", error="invalid_token"',
            location: ['http.Authorization'],
          },
        ],
      },
    },
    {
      phases: ['data'],
      status: 500,
      json: {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'fatal', code: 'required', location: ['/f:AllergyIntolerance/f:status'] }],
      },
    },
  ],
};
