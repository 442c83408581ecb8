import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = {
  refusals: [
    { phases: ['token'], status: 400, json: { error: 'invalid_client' } },
    // The answer would be too large.
    { phases: ['data'], status: 413 },
  ],
};
