import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = {
  userIDOnlyAt: 'refresh',
  refusals: [{ phases: ['token', 'refresh'], status: 401, json: { error: 'invalid_client' } }],
};
