import { anyText, type DocumentedAnswer, type DocumentedErrors } from '../../builders/documentedRefusal.ts';

const tokenErrors = (
  [
    ['invalid_grant', 'Code or refresh token are refused.', 'unauthorized'],
    ['invalid_client', 'The application is not recognised.', 'operator-alarm'],
    ['unauthorized_client', 'The kind of grant is not open to the application.', 'operator-alarm'],
    ['unsupported_grant_type', 'The server does not have this kind of grant.', 'operator-alarm'],
    ['invalid_scope', 'A scope is outside what was registered.', 'operator-alarm'],
    ['invalid_request', 'The request is wrong.', 'failed'],
  ] as const
).flatMap(([error, says, means]) =>
  (['token', 'refresh'] as const).map((at): DocumentedAnswer => ({
    at,
    status: 400,
    body: { error },
    says,
    means,
    source: 'RFC 6749 section 5.2',
  })),
);

/** Servers of vendors without a definition of their own keep to the standards, or are seen not to. */
export const documented: DocumentedErrors = [
  {
    at: 'token',
    status: 400,
    body: { error: 'invalid_scope' },
    says: 'A scope beyond the registration is refused and no longer left out.',
    means: 'operator-alarm',
    source: 'Greenway developer pages, as one public file quotes them',
  },
  ...tokenErrors,
  ...(['token', 'refresh'] as const).map((at) => ({
    at,
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="token"' },
    body: { error: 'invalid_client' },
    says: 'The application is not recognised, and has tried a header.',
    means: 'operator-alarm' as const,
    source: 'RFC 6749 section 5.2',
  })),
  ...[401, 403].map((status) => ({
    at: 'refresh' as const,
    status,
    body: { error: 'invalid_grant' },
    says: 'The refresh token is wrong (401) or has run out (403).',
    means: 'unauthorized' as const,
    source: 'SMART launcher, a test server of the makers of the standard',
    contradicted: 'RFC 6749 wants 400 for it: the code is believed before the status.',
  })),
  {
    at: 'data',
    status: 401,
    headers: { 'www-authenticate': 'Bearer realm="fhir", error="invalid_token"' },
    says: 'The access token has run out or was revoked.',
    means: 'token-refused',
    source: 'RFC 6750 section 3.1',
  },
  {
    at: 'data',
    status: 403,
    headers: { 'www-authenticate': 'Bearer realm="fhir", error="insufficient_scope"' },
    says: 'The scope was not granted.',
    means: 'scope-missing',
    source: 'RFC 6750 section 3.1',
  },
  {
    at: 'data',
    status: 404,
    body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] },
    says: 'There is no such record.',
    means: 'no-data',
    source: 'HL7 FHIR R4, HTTP',
  },
  {
    at: 'data',
    status: 410,
    body: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'deleted' }] },
    says: 'The record was deleted.',
    means: 'no-data',
    source: 'HL7 FHIR R4, HTTP',
  },
  {
    at: 'data',
    status: 500,
    body: {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', diagnostics: anyText }],
    },
    says: 'The type was not granted.',
    means: 'retry-later',
    hides: 'scope-missing',
    source: 'answers of DrChrono that an aggregator recorded',
  },
  {
    at: 'revoke',
    status: 503,
    headers: { 'retry-after': '120' },
    says: 'The token still lives; later again.',
    means: 'retry-later',
    source: 'RFC 7009 section 2.2.1',
  },
  {
    at: 'revoke',
    status: 400,
    body: { error: 'invalid_request' },
    says: 'The request is wrong.',
    means: 'failed',
    source: 'RFC 7009 section 2.2.1',
  },
  {
    at: 'revoke',
    status: 400,
    body: { error: 'unsupported_token_type' },
    says: 'The server does not revoke such tokens.',
    means: 'failed',
    source: 'RFC 7009 section 2.2.1',
  },
];
