import type { Quirk } from '../played/quirk.ts';

/** Without `access_type` there is no refresh token, and without `prompt` only at the first consent. */
export const quirk: Quirk = {
  refreshTokenNeeds: { authorize: { access_type: 'offline', prompt: 'consent' } },
};
