import type { Quirk } from '../played/quirk.ts';

const told = (status: number, error: string) => ({ status, body: {}, error });

/** One number for a refresh token that is gone and for a wrong secret: only the text differs. */
export const quirk: Quirk = {
  alsoTold: {
    token: { csrf_token: '2AvHjJgxWpE5xh8M48Cya6ocT' },
    refresh: { csrf_token: 'JWPPcREjB9or3oUwdheBvse9D' },
  },
  refusals: [
    { phases: ['refresh'], status: 200, json: told(503, 'Invalid Params: invalid refresh_token') },
    {
      phases: ['token', 'refresh'],
      status: 200,
      json: told(503, 'Invalid Params: invalid client id/secret'),
    },
    {
      phases: ['data'],
      status: 200,
      json: told(401, 'XRequestID: Not provided invalid_token: The access token provided is invalid'),
    },
    {
      phases: ['token', 'connect', 'refresh', 'data', 'revoke'],
      status: 200,
      json: told(601, 'Too Many Requests'),
    },
    { phases: ['data'], status: 200, json: told(522, 'Timeout') },
    {
      phases: ['token', 'connect', 'refresh', 'data', 'revoke'],
      status: 200,
      json: told(2554, 'Not implemented'),
    },
  ],
};
