import { anyText, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const deletion = 'Garmin’s text on deleting a registration, quoted in RADAR-Rest-Source-Auth issue 304';

export const documented: DocumentedErrors = [
  {
    at: 'token',
    status: 400,
    body: { error: 'invalid_grant' },
    says: 'The code is refused.',
    means: 'unauthorized',
    source: 'tests of one public client; no text of the vendor shows it',
  },
  {
    at: 'refresh',
    status: 400,
    body: { error: 'invalid_grant' },
    says: 'The refresh token is refused.',
    means: 'unauthorized',
    source: 'tests of one public client; no text of the vendor shows it',
  },
  ...[400, 401].map((status) => ({
    at: 'refresh' as const,
    status,
    body: { error: anyText },
    says: 'The consent is gone.',
    means: 'unauthorized' as const,
    source: 'Open Wearables, RADAR-base',
    contradicted: 'Neither of them tells it from wrong credentials, which no source shows.',
  })),
  {
    at: 'data',
    status: 401,
    says: 'The registration was deleted: all calls are refused as unauthorized.',
    means: 'token-refused',
    source: deletion,
  },
  {
    at: 'data',
    status: 403,
    says: 'A backfill, and the participant did not grant HISTORICAL_DATA_EXPORT.',
    means: 'scope-missing',
    source: 'Open Wearables',
  },
  {
    at: 'data',
    status: 409,
    says: 'A backfill of days that were asked for before.',
    means: 'done',
    source: 'Open Wearables',
  },
  {
    at: 'revoke',
    status: 401,
    says: 'The registration was deleted before: its token is refused.',
    means: 'no-data',
    source: deletion,
  },
];
