import { answerJson } from '../loopbackServer.ts';
import { admitsJson } from './judgeForm.ts';
import { issuer, revocationUrl, tokenUrl, type Call } from './serverState.ts';

/** The server's SMART configuration. */
export function answerDiscovery({ request, response, state, accuse }: Call): void {
  const { accept, authorization, cookie } = request.headers;
  if (request.method !== 'GET') accuse('discovery-method');
  if (accept === undefined || !admitsJson(accept)) accuse('discovery-accept');
  if (authorization !== undefined || cookie !== undefined) accuse('discovery-anonymous');
  if (request.url?.includes('?') === true) accuse('discovery-address');
  const { iss, scopeVersion } = state.options;
  const method = state.proof.method;
  answerJson(response, 200, {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: tokenUrl,
    revocation_endpoint: revocationUrl,
    jwks_uri: `${issuer}/jwks`,
    ...(iss === 'not-advertised' ? {} : { authorization_response_iss_parameter_supported: true }),
    ...(method === 'none' ? {} : { token_endpoint_auth_methods_supported: [method] }),
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    capabilities: [
      ...['launch-standalone', 'context-standalone-patient', 'permission-patient', 'permission-offline'],
      ...['sso-openid-connect', `permission-${scopeVersion}`],
      ...(method === 'none'
        ? ['client-public']
        : ['client-confidential-symmetric', 'client-confidential-asymmetric']),
    ],
  });
}

/** The key of its id_tokens. */
export function answerKeys({ response, state }: Call): void {
  const key = state.signing.publicKey.export({ format: 'jwk' });
  answerJson(response, 200, { keys: [{ ...key, kid: 'strict-1', use: 'sig', alg: 'RS256' }] });
}
