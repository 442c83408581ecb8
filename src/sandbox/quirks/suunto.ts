import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = {
  refusals: [
    { phases: ['data'], status: 200, json: { error: 'Said by the sandbox.', payload: null, metadata: {} } },
  ],
};
