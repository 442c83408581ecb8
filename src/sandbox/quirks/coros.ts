import type { Quirk } from '../played/quirk.ts';

/** What it says of a consent that is gone nobody has written down: it is told as by OAuth. */
export const quirk: Quirk = {
  scopeIsOptional: true,
  neverTold: { token: ['token_type'] },
  alsoTold: { refresh: { message: 'OK' } },
  refusals: [
    { phases: ['token', 'refresh'], status: 400, json: { error: 'invalid_grant' } },
    {
      phases: ['refresh', 'data', 'revoke'],
      status: 200,
      json: { result: '5099', message: 'Said by the sandbox.' },
    },
  ],
};
