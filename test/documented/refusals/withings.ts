import { anyText, type DocumentedAnswer, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const table =
  'Withings reference, table of response statuses, which gives families and no reasons on purpose';
const clients = 'several public clients, from the vendor’s own answers';

/** Everything comes as HTTP 200; `status` tells. */
const told = (status: number, error = anyText) => ({ status, body: {}, error });

function family(
  at: DocumentedAnswer['at'],
  statuses: readonly number[],
  rest: Pick<DocumentedAnswer, 'says' | 'means'>,
) {
  return statuses.map((status) => ({ at, status: 200, body: told(status), source: table, ...rest }));
}

export const documented: DocumentedErrors = [
  {
    at: 'refresh',
    status: 200,
    body: told(503, 'Invalid Params: invalid refresh_token'),
    says: 'The refresh token was used, revoked or has run out.',
    means: 'unauthorized',
    source: clients,
    contradicted:
      'The table calls 501 to 511 invalid parameters, and names no status for a token that is gone.',
  },
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: 200,
    body: told(503, 'Invalid Params: invalid client id/secret'),
    says: 'Identifier or secret of the application are wrong.',
    means: 'operator-alarm' as const,
    source: clients,
    contradicted: 'The number is that of a refresh token that is gone: only the text differs.',
  })),
  {
    at: 'data',
    status: 200,
    body: told(401, 'XRequestID: Not provided invalid_token: The access token provided is invalid'),
    says: 'The access token is not valid.',
    means: 'token-refused',
    source: 'an answer that a public client recorded; the table: authentication failed',
  },
  ...family('data', [100, 101, 102, 200], {
    says: 'Authentication failed; of a call for data that is the access token.',
    means: 'token-refused',
  }),
  ...family('data', [214, 277, 2553, 2555], {
    says: 'Unauthorized, whatever that is: neither an end of the consent nor a scope is named.',
    means: 'failed',
  }),
  ...family('data', [501, 503, 511, 2554], {
    says: 'Invalid parameters, or not implemented.',
    means: 'failed',
  }),
  ...family('data', [522], { says: 'Timeout.', means: 'retry-later' }),
  ...family('data', [524], { says: 'Bad state.', means: 'failed' }),
  ...(['token', 'refresh', 'data', 'revoke'] as const).flatMap((at) =>
    family(at, [601], { says: 'Too many requests.', means: 'rate-limited' }),
  ),
  {
    at: 'data',
    status: 429,
    says: 'Too many requests, told by the gateway.',
    means: 'rate-limited',
    source: 'Withings developer site',
  },
];
