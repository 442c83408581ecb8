import { authorizationCodeGrantRequest, customFetch } from 'oauth4webapi';
import type { ProviderAnswer } from '../../platform/outbound/providerFetch.ts';
import type { Secret } from '../../platform/config/secret.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import type { AuthorizationServerFacts, ProviderConnection } from '../connection.ts';
import { connectionValues } from '../calls/connectionValues.ts';
import { createTrouble, type ProviderTrouble } from '../providerTrouble.ts';
import { authenticateClient } from './authenticateClient.ts';
import { chooseMethod } from './chooseMethod.ts';
import { describeServer } from './readRedirect.ts';
import { findTokens, readTokenBody } from './readTokenAnswer.ts';
import { fillAll, sendTokenForm } from './sendTokenForm.ts';
import { readStandardTokens } from './standardTokens.ts';
import type { TokenObject } from './tokenObject.ts';

/** What a code was exchanged for. */
export interface TokenExchange {
  readonly outcome: 'exchanged';
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  /** Everything that came with them, under the vendor's names. */
  readonly tokens: TokenObject;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

interface CodeToExchange {
  readonly server: AuthorizationServerFacts;
  /** Of a redirect that was checked ({@link readRedirect}). */
  readonly parameters: URLSearchParams;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

/**
 * Exchanges a code for tokens (RFC 6749 section 4.1.3), once: a code that is shown twice ends the grant at servers
 * that keep to the standard, so nothing is repeated, whatever happens.
 */
export async function exchangeCode(
  { clock }: { readonly clock: Clock },
  connection: ProviderConnection,
  { server, parameters, redirectUri, codeVerifier }: CodeToExchange,
): Promise<TokenExchange | ProviderTrouble> {
  const { definition, credentials } = connection;
  const chosen = chooseMethod(connection, server);
  if (chosen === undefined) return createTrouble('client-authentication', 'operator-alarm');
  const proof = await authenticateClient(chosen, { audience: server.token_endpoint, clock });
  const sentAt = clock.now();
  const received: { answer?: ProviderAnswer } = {};
  await authorizationCodeGrantRequest(
    describeServer(server),
    { client_id: credentials.clientID },
    proof,
    parameters,
    redirectUri,
    codeVerifier,
    {
      additionalParameters: fillAll(definition.auth.tokenParameters ?? {}, connectionValues(connection)),
      [customFetch]: async (url, { headers, body }) => {
        if (definition.auth.pkce === 'breaks') body.delete('code_verifier');
        received.answer = await sendTokenForm(connection, { url, headers, body });
        return new Response();
      },
    },
  );
  if (received.answer === undefined) throw new Error('The library has sent no request');
  return readExchange(definition, received.answer, sentAt);
}

async function readExchange(
  definition: ConnectableDefinition,
  answer: ProviderAnswer,
  sentAt: number,
): Promise<TokenExchange | ProviderTrouble> {
  if (answer.outcome !== 'answered') return nameFailedExchange(answer);
  const found = findTokens(definition, 'token', readTokenBody(answer));
  if (found.outcome === 'trouble') return found;
  const { tokens } = found;
  const usable = await readStandardTokens(tokens, definition.auth.tokenAnswer);
  if (usable === undefined) return createTrouble('token-malformed', 'failed');
  return { outcome: 'exchanged', ...usable, tokens, sentAt };
}

function nameFailedExchange(failure: Exclude<ProviderAnswer, { outcome: 'answered' }>): ProviderTrouble {
  switch (failure.outcome) {
    case 'too-large':
    case 'malformed':
      return createTrouble('token-malformed', 'failed');
    case 'refused-address':
      return createTrouble('token-unreachable', 'failed');
    default:
      return createTrouble('token-unreachable', 'retry-later');
  }
}
