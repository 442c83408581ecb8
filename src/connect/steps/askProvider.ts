import type { AuthorizationServerFacts } from '../../oauth/connection.ts';
import { findConnection } from '../../oauth/findConnection.ts';
import { prepareAuthorization } from '../../oauth/oauth2.ts';
import { withSealedSecrets } from '../secrets/attemptSecrets.ts';
import { judgeJourney } from '../journey/judgeJourney.ts';
import { callbackAddress, callbackContext } from '../journey/callbackAddress.ts';
import { digestSecret, makeCodeVerifier, makeSecret } from '../secrets/journeySecrets.ts';
import type { ConnectParts } from '../connectParts.ts';
import type { JourneyOutcome } from '../journey/outcomes.ts';
import { storeRequest, type Attempt } from '../store/attempts.ts';
import { endJourney } from './endJourney.ts';
import { judgeTrouble } from './judgeTrouble.ts';

/** Where the browser goes now, or how the journey ended. */
export type AskOutcome =
  | { readonly outcome: 'ask'; readonly address: string }
  /** The answer to an earlier request is being dealt with, or the journey has ended meanwhile. */
  | { readonly outcome: 'overtaken' }
  | { readonly outcome: Exclude<JourneyOutcome, 'connected'> };

/**
 * Makes the authorization request of an opened journey (RFC 6749 section 4.1.1) with a `state`, a code verifier and a
 * nonce of its own. Whoever asks again, because she came back, gets new ones, and the older are good for nothing.
 *
 * The attempt must be open and belong to the asking browser.
 */
export async function askProvider(parts: ConnectParts, attempt: Attempt): Promise<AskOutcome> {
  const { database, random, vault, publicUrl, findServer } = parts;
  const { attemptID, projectID, providerID } = attempt;
  const connection = await findConnection(database, parts, providerID);
  // The study or an operator may have closed it since the journey began.
  const verdict = await judgeJourney(parts, attempt);
  const isClosed = verdict.reason !== undefined || verdict.providerID !== providerID;
  if (connection === undefined || isClosed) return end(parts, attempt, 'not-offered');
  const found = await findServer(connection);
  if (found.outcome === 'trouble') return end(parts, attempt, judgeTrouble(parts, connection, found));
  const redirectUri = callbackAddress(
    publicUrl,
    projectID,
    callbackContext(connection.definition, providerID),
  );
  const state = makeSecret(random);
  const secrets = { codeVerifier: makeCodeVerifier(random), nonce: makeSecret(random) };
  const request = prepareAuthorization(connection, found.server, { redirectUri, state, ...secrets });
  const stored = await withSealedSecrets(vault, { attempt, secrets }, (sealed) =>
    database.transaction((transaction) =>
      storeRequest(transaction, attemptID, {
        stateDigest: digestSecret(state),
        askedScopes: request.askedScopes,
        server: keepForAnswer(found.server),
        redirectUri,
        sealed,
      }),
    ),
  );
  if (!stored) return { outcome: 'overtaken' };
  return { outcome: 'ask', address: connection.door.browserUrl(request.url) };
}

/** What the answer is checked with and the code is exchanged at; the rest would only make the row larger. */
function keepForAnswer(server: AuthorizationServerFacts): AuthorizationServerFacts {
  const {
    capabilities: _capabilities,
    code_challenge_methods_supported: _challenges,
    introspection_endpoint: _introspection,
    jwks_uri: _keys,
    management_endpoint: _management,
    revocation_endpoint: _revocation,
    ...kept
  } = server;
  return kept;
}

async function end(
  parts: ConnectParts,
  attempt: Attempt,
  outcome: Exclude<JourneyOutcome, 'connected'>,
): Promise<AskOutcome> {
  await endJourney(parts, attempt, outcome);
  return { outcome };
}
