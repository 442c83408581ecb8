import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = {
  scopeIsOptional: true,
  tokenScope: 'workout',
  alsoTold: { token: { ukv: '2', uk: 'an invented key', jti: '64c473f0-6950-4d8f-a72d-6f3410d747db' } },
  refusals: [
    { phases: ['data'], status: 200, json: { error: 'Said by the sandbox.', payload: null, metadata: {} } },
  ],
};
