import type { Quirk } from '../played/quirk.ts';

/** A refresh that does not ask for `offline` again is answered, and is the last one. */
export const quirk: Quirk = {
  refreshTokenNeeds: { refresh: { scope: 'offline' } },
  refusals: [{ phases: ['data'], status: 500 }],
};
