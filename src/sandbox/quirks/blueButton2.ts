import type { Quirk } from '../played/quirk.ts';

const told = (status: number) => ({ status_code: status, message: 'Said by the sandbox.' });

export const quirk: Quirk = {
  scopeIsOptional: true,
  userIDOnlyAt: 'refresh',
  refusals: [
    { phases: ['token', 'refresh'], status: 401, json: { error: 'invalid_client' } },
    {
      phases: ['refresh'],
      status: 400,
      json: { status_code: 400, error: 'invalid_grant', error_description: 'Said by the sandbox.' },
    },
    { phases: ['refresh'], status: 404, json: told(404) },
    { phases: ['refresh'], status: 502, json: told(502) },
  ],
};
