import type { ConnectableDefinition } from '../../src/definitions/connectable.ts';
import type { ProviderConnection } from '../../src/oauth/connection.ts';
import type { AuthorizationServerFacts } from '../../src/oauth/connection.ts';
import {
  completeAuthorization,
  prepareAuthorization,
  type AnsweredJourney,
  type AuthorizationOutcome,
} from '../../src/oauth/oauth2.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { buildDefinition, changeDefinition } from './definition.ts';
import { answerWith, createScriptedDoor } from './scriptedDoor.ts';

export const meadowServer: AuthorizationServerFacts = {
  authorization_endpoint: 'https://meadow.example.org/authorize',
  token_endpoint: 'https://meadow.example.org/token',
};

export const meadowTokens = {
  access_token: 'acc3ss',
  refresh_token: 'r3fresh',
  token_type: 'Bearer',
  expires_in: 3600,
  scope: 'sleep person',
};

/** The maker of {@link buildDefinition} with other facts, as an installation reaches it. */
export function connectMeadow(
  changes: Readonly<Record<string, unknown>>,
  answer: (request: ProviderRequest) => ProviderAnswer,
): { readonly connection: ProviderConnection; readonly seen: ProviderRequest[] } {
  const { door, seen } = createScriptedDoor(answer);
  const definition = changeDefinition(buildDefinition(), changes) as ConnectableDefinition;
  const connection = {
    definition,
    credentials: { clientID: 'client', clientSecret: new Secret('s3cret'), settings: {} },
    door,
    ...(definition.auth.kind === 'smart' ? { fhirBase: 'https://meadow.example.org/r4' } : {}),
  };
  return { connection, seen };
}

export interface JourneyChanges {
  /** Of the definition, by path. */
  readonly definition?: Readonly<Record<string, unknown>>;
  readonly server?: Partial<AuthorizationServerFacts>;
  /** The redirect's query instead of `code=c0de&state=STATE`. */
  readonly redirect?: string;
  /** What comes for the code, and for every call after it. */
  readonly token?: ProviderAnswer;
  readonly call?: ProviderAnswer | ((request: ProviderRequest) => ProviderAnswer);
}

/** A whole journey at that maker, from the redirect on. */
export async function completeJourney({
  definition = {},
  server = {},
  redirect = 'code=c0de&state=STATE',
  token = answerWith(200, meadowTokens),
  call = answerWith(200, { id: 'mary' }),
}: JourneyChanges = {}): Promise<{
  readonly result: AuthorizationOutcome;
  readonly seen: ProviderRequest[];
}> {
  const { connection, seen } = connectMeadow(definition, (request) => {
    if (request.url.startsWith(meadowServer.token_endpoint)) return token;
    return typeof call === 'function' ? call(request) : call;
  });
  const facts = { ...meadowServer, ...server };
  const journey = {
    redirectUri: 'https://us.example.org/back',
    state: 'STATE',
    codeVerifier: 'v'.repeat(43),
    nonce: 'N0NCE',
  };
  const { askedScopes } = prepareAuthorization(connection, facts, journey);
  const answered: AnsweredJourney = {
    ...journey,
    server: facts,
    answer: new URLSearchParams(redirect),
    askedScopes,
    accountID: 7,
  };
  return { result: await completeAuthorization({ clock: createFakeClock() }, connection, answered), seen };
}
