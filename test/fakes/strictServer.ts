import type { Credentials } from '../../src/definitions/credentials.ts';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { rsaPair, type TestKeyPair } from '../builders/clientAssertion.ts';
import { buildRecordDefinition } from '../builders/recordDefinition.ts';
import { answerJson, startLoopbackServer, type LoopbackServer } from './loopbackServer.ts';
import { answerAuthorization } from './strict/answerAuthorization.ts';
import { answerDiscovery, answerKeys } from './strict/answerDiscovery.ts';
import { answerRevocation, answerToken } from './strict/answerForms.ts';
import { registerClient } from './strict/registerClient.ts';
import { rules, type Rule } from './strict/rules.ts';
import {
  fhirBase,
  fhirHost,
  issuer,
  loginHost,
  tokenUrl,
  type Call,
  type ServerState,
  type StrictServerOptions,
} from './strict/serverState.ts';

export type { StrictServerOptions };

export const strictSlug = 'strictRecord';

export interface StrictServer extends LoopbackServer {
  readonly fhirBase: string;
  readonly issuer: string;
  readonly tokenUrl: string;
  readonly definition: NamedDefinition;
  readonly credentials: Credentials;
  /** What was done wrong, in order, each with its section; empty is what a journey has to leave behind. */
  readonly violations: readonly string[];
  /** Requests so far, so that a journey that never came is not taken for a good one. */
  readonly requests: Readonly<Record<Endpoint, number>>;
}

/** Signs id_tokens; a pair is slow to make. */
let signing: TestKeyPair | undefined;

type Endpoint = 'discovery' | 'authorization' | 'token' | 'revocation' | 'other';

/**
 * A SMART authorization server that holds every request against the standards, letter by letter, and remembers
 * what was wrong. There is no page: whoever asks rightly gets her code at once, for the patient `st-1`.
 *
 * It refuses what it convicts, as a strict vendor would: with an error redirect or a 400.
 */
export async function startStrictServer(options: StrictServerOptions): Promise<StrictServer> {
  const { clientAuthentication, scopeVersion = 'v2', authorizeParameters = {} } = options;
  const { credentials, proof } = await registerClient(clientAuthentication);
  const violations: string[] = [];
  const requests = { discovery: 0, authorization: 0, token: 0, revocation: 0, other: 0 };
  const state: ServerState = {
    options: { iss: 'right', clock: systemClock, ...options, scopeVersion, authorizeParameters },
    clientID: credentials.clientID,
    proof,
    signing: (signing ??= rsaPair()),
    codes: new Map(),
    tokens: new Set(),
    seen: { states: new Set(), challenges: new Set(), nonces: new Set(), assertions: new Set() },
  };
  const server = await startLoopbackServer(
    'strict',
    [loginHost, fhirHost],
    async (request, response, host) => {
      const { endpoint, answer } = findEndpoint(host, request.url ?? '');
      requests[endpoint]++;
      let isGuilty = false;
      const accuse = (rule: Rule) => {
        isGuilty = true;
        violations.push(rules[rule]);
      };
      await answer({ request, response, state, accuse, isGuilty: () => isGuilty });
    },
  );
  return {
    ...server,
    fhirBase,
    issuer,
    tokenUrl,
    credentials,
    violations,
    requests,
    definition: buildRecordDefinition({
      slug: strictSlug,
      name: 'Strict Records',
      host: fhirHost,
      clientAuthentication,
      scopeVersion,
      authorizeParameters,
    }),
  };
}

function findEndpoint(
  host: string,
  url: string,
): { readonly endpoint: Endpoint; readonly answer: (call: Call) => void | Promise<void> } {
  const path = `${host}${url.split('?', 1)[0]!}`;
  switch (path) {
    case `${fhirHost}/r4/.well-known/smart-configuration`:
      return { endpoint: 'discovery', answer: answerDiscovery };
    case `${loginHost}/authorize`:
      return { endpoint: 'authorization', answer: answerAuthorization };
    case `${loginHost}/token`:
      return { endpoint: 'token', answer: answerToken };
    case `${loginHost}/revoke`:
      return { endpoint: 'revocation', answer: answerRevocation };
    case `${loginHost}/jwks`:
      return { endpoint: 'other', answer: answerKeys };
    default:
      return { endpoint: 'other', answer: ({ response }) => answerJson(response, 404, {}) };
  }
}
