import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = {
  refusals: [
    { phases: ['connect', 'data'], status: 401 },
    {
      phases: ['connect'],
      status: 400,
      json: {
        timestamp: '2026-11-27T09:20:11.000Z',
        status: 400,
        errorType: 'bad_request',
        message: 'Said by the sandbox.',
        corrId: '518b09ad390721cf',
      },
    },
  ],
};
