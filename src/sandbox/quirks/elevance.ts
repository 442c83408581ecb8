import type { Quirk } from '../played/quirk.ts';

/** Its gateway speaks before the FHIR server does. */
export const quirk: Quirk = {
  refusals: [
    {
      phases: ['data'],
      status: 500,
      json: {
        status_code: 500,
        status: 'failed',
        error: 'Internal server error',
        error_description: 'Said by the sandbox.',
      },
    },
    { phases: ['data'], status: 403 },
  ],
};
