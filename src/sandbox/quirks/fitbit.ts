import type { Quirk } from '../played/quirk.ts';

const told = (errorType: string) => ({
  errors: [{ errorType, message: 'Said by the sandbox.' }],
  success: false,
});

export const quirk: Quirk = {
  neverTold: { refresh: ['scope'] },
  refusals: [
    { phases: ['refresh'], status: 400, json: told('invalid_grant') },
    { phases: ['token', 'refresh'], status: 401, json: told('invalid_client') },
    { phases: ['data'], status: 401, json: told('invalid_token') },
    { phases: ['data'], status: 401, json: told('expired_token') },
    { phases: ['data'], status: 403, json: told('insufficient_scope') },
    { phases: ['data'], status: 500 },
    { phases: ['connect'], status: 409, json: told('validation') },
  ],
};
