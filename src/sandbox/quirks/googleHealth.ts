import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Quirk } from '../played/quirk.ts';

const told = (code: number, status: string, reason?: string) => ({
  error: omitUndefined({
    code,
    message: 'Said by the sandbox.',
    status,
    details: reason === undefined ? undefined : [{ reason }],
  }),
});

/** Without `access_type` there is no refresh token, and without `prompt` only at the first consent. */
export const quirk: Quirk = {
  refreshTokenNeeds: { authorize: { access_type: 'offline', prompt: 'consent' } },
  refusals: [
    { phases: ['data'], status: 400, json: told(400, 'FAILED_PRECONDITION', 'ACCOUNT_NOT_LINKED') },
    { phases: ['data'], status: 401, json: told(401, 'UNAUTHENTICATED') },
    {
      phases: ['data'],
      status: 403,
      json: told(403, 'PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'),
    },
    { phases: ['data'], status: 403, json: told(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED') },
    { phases: ['data'], status: 429, json: told(429, 'RESOURCE_EXHAUSTED') },
    { phases: ['connect'], status: 401, json: { error: 'invalid_client' } },
    { phases: ['revoke'], status: 400, json: { error: 'invalid_token' } },
  ],
};
