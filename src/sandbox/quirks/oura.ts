import type { Quirk } from '../played/quirk.ts';

/** Refusals of data are empty, but for a request that is not valid. */
export const quirk: Quirk = {
  refusals: [
    {
      phases: ['refresh'],
      status: 400,
      json: { status: 400, title: 'Bad Request', detail: 'Said by the sandbox.', error: 'invalid_grant' },
    },
    ...[401, 403, 404, 429].map((status) => ({ phases: ['data'] as const, status })),
    {
      phases: ['data'],
      status: 422,
      json: {
        detail: [{ loc: ['query', 'start_date'], msg: 'Said by the sandbox.', type: 'value_error' }],
      },
    },
    { phases: ['revoke'], status: 401 },
  ],
};
