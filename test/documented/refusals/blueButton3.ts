import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const server = 'source of bluebutton-web-server';

export const documented: DocumentedErrors = [
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: 403,
    body: { status_code: 403, message: anyText },
    says: 'Version 3 is not switched on for the application.',
    means: 'operator-alarm' as const,
    source: server,
  })),
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: 401,
    body: { error: 'invalid_client' },
    says: 'Credentials or permissions of the application are wrong.',
    means: 'operator-alarm' as const,
    source: 'bluebutton.cms.gov, authorization',
  })),
  {
    at: 'refresh',
    status: 400,
    body: { error: 'invalid_grant' },
    says: 'The refresh token was used before, or is wrong.',
    means: 'unauthorized',
    source: server,
  },
];
