import { OperationProcessingError, UnsupportedOperationError, validateAuthResponse } from 'oauth4webapi';
import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { AuthorizationServerFacts } from '../connection.ts';
import { isSameSite } from '../discovery/isSameSite.ts';
import { judgeError } from '../../definitions/judgeError.ts';
import { createTrouble, type ProviderTrouble } from '../providerTrouble.ts';

/** The redirect of a journey, and what it is checked with. */
export interface RedirectAnswer {
  readonly server: AuthorizationServerFacts;
  /** The query of the redirect (or its fragment, by `responseMode`). */
  readonly answer: URLSearchParams;
  readonly state: string;
}

type Redirect =
  /** Parameters with a code, as the library wants them for the exchange. */
  | { readonly outcome: 'code'; readonly parameters: URLSearchParams }
  | { readonly outcome: 'declined' }
  | ProviderTrouble;

/** Repeated, any of these would mean one thing to us and another to somebody else. */
const single = ['state', 'iss', 'code', 'error', 'response', 'id_token', 'token'];

/**
 * What a provider's redirect says (RFC 6749 section 4.1.2). Nothing in it is believed, not even a refusal, before
 * its state is that of the journey and the server that it names is the journey's (RFC 9207 section 2.4).
 */
export function readRedirect(definition: ConnectableDefinition, journey: RedirectAnswer): Redirect {
  const { answer, server, state } = journey;
  if (single.some((name) => answer.getAll(name).length > 1))
    return createTrouble('redirect-malformed', 'failed');
  if (answer.get('state') !== state) return createTrouble('wrong-state', 'failed');
  if (!isFrom(server, answer.get('iss'))) return createTrouble('wrong-issuer', 'failed');
  const error = answer.get('error') ?? '';
  if (error === 'access_denied') return { outcome: 'declined' };
  if (error !== '')
    return createTrouble(
      'authorization-refused',
      // Nobody but us wrote the request: a missing parameter or an unregistered address is the operator's to mend.
      ['invalid_request', 'unsupported_response_type'].includes(error)
        ? 'operator-alarm'
        : judgeError(definition, 'token', { status: 400, body: { error } }),
    );
  if ((answer.get('code') ?? '') === '') return createTrouble('redirect-malformed', 'failed');
  return validate(journey);
}

/**
 * Whether an answer is the asked server's (RFC 9207 section 2.4). Where we know no issuer, its name for itself has to be
 * on the site of the token endpoint at least: the answer of a server elsewhere was relayed.
 */
function isFrom(server: AuthorizationServerFacts, iss: string | null): boolean {
  const { issuer, token_endpoint: tokenEndpoint } = server;
  const announced = server.authorization_response_iss_parameter_supported === true;
  if (iss === null) return !announced;
  if (issuer !== undefined) return iss === issuer;
  const host = URL.parse(iss)?.hostname;
  return !announced && host !== undefined && isSameSite(host, new URL(tokenEndpoint).hostname);
}

function validate({ answer, server, state }: RedirectAnswer): Redirect {
  const parameters = new URLSearchParams(answer);
  if (server.issuer === undefined) parameters.delete('iss');
  try {
    const client = { client_id: '-' };
    return {
      outcome: 'code',
      parameters: validateAuthResponse(describeServer(server), client, parameters, state),
    };
  } catch (error) {
    if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError)
      return createTrouble('redirect-malformed', 'failed');
    throw error;
  }
}

/** The library wants an issuer; a server that has none is told by its origin. */
export function describeServer(server: AuthorizationServerFacts) {
  const { token_endpoint, issuer = new URL(token_endpoint).origin } = server;
  return omitUndefined({
    issuer,
    token_endpoint,
    revocation_endpoint: server.revocation_endpoint,
  });
}
