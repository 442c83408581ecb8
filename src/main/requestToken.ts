import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { isObject } from '../platform/members/isObject.ts';
import { postForm } from '../platform/outbound/postForm.ts';
import type { Random } from '../platform/random/random.ts';
import type { Clock } from '../platform/time/clock.ts';
import { CommandFailed } from './commandLine.ts';

interface TokenRequest {
  /** The private key, PEM in any of the usual forms. */
  readonly privateKey: string;
  readonly account: string;
  /** Where the service is, without a trailing slash. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
}

const assertionLifetimeS = 60;
const timeoutMs = 15_000;

/**
 * An access token, got over HTTP the way a client gets it: a signed assertion to the token endpoint (RFC 7523).
 *
 * @throws {CommandFailed} saying whether the key, the connection or the service was the reason
 */
export async function requestToken(request: TokenRequest): Promise<string> {
  const endpoint = tokenEndpoint(request.url);
  const key = readKey(request.privateKey);
  const nowS = Math.floor(request.clock.now() / 1000);
  const assertion = await new SignJWT({ jti: request.random.uuid() })
    .setProtectedHeader({ alg: algorithmOf(key), typ: 'JWT' })
    .setIssuer(request.account)
    .setSubject(request.account)
    .setAudience(endpoint.href)
    .setExpirationTime(nowS + assertionLifetimeS)
    .sign(key);
  const answer = await postTokenForm(endpoint, {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope: 'api',
  });
  if (answer.token !== undefined) return answer.token;
  if (answer.status >= 500)
    throw new CommandFailed(`${answer.refusal} The service cannot answer now; its /readyz says why.`);
  throw new CommandFailed(
    `${answer.refusal} Check the name of the service account, that this is one of its keys (tributary service-account list), and that ` +
      `${request.url} is the public URL of the service: the audience is made from it.`,
  );
}

/**
 * A participant's access token, got over HTTP the way a client gets it: with the token of a service account of the
 * participant's project.
 *
 * @throws {CommandFailed} saying whether the connection or the service was the reason
 */
export async function requestParticipantToken(request: {
  readonly serviceToken: string;
  /** The GUID, not the project's own identifier. */
  readonly participantID: string;
  /** Where the service is, without a trailing slash. */
  readonly url: string;
}): Promise<string> {
  const answer = await postTokenForm(tokenEndpoint(request.url), {
    grant_type: 'delegated_participant',
    client_id: 'MyDataHelps.DelegatedParticipant',
    client_secret: 'secret',
    token: request.serviceToken,
    participant_id: request.participantID,
    scope: 'api',
  });
  if (answer.token !== undefined) return answer.token;
  throw new CommandFailed(
    answer.status >= 500
      ? `${answer.refusal} The service cannot answer now; its /readyz says why.`
      : `${answer.refusal} Check the ID of the participant.`,
  );
}

function tokenEndpoint(url: string): URL {
  return new URL(`${url}/identityserver/connect/token`);
}

type TokenReply =
  | { readonly token: string }
  /** A sentence for people. */
  | { readonly token: undefined; readonly refusal: string; readonly status: number };

async function postTokenForm(endpoint: URL, fields: Readonly<Record<string, string>>): Promise<TokenReply> {
  const answer = await postForm(endpoint, fields, timeoutMs).catch(() => {
    throw new CommandFailed(
      `Nothing answers at ${endpoint.origin}. Is the service running there? (npm start)`,
    );
  });
  const body = readJson(answer.body);
  if (typeof body.access_token === 'string') return { token: body.access_token };
  const error = typeof body.error === 'string' ? `, ${body.error}` : '';
  const description = typeof body.error_description === 'string' ? `: ${body.error_description}` : '.';
  return {
    token: undefined,
    status: answer.status,
    refusal: `The service refused (HTTP ${answer.status}${error})${description}`,
  };
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new CommandFailed('The key file holds no private key in PEM form.');
  }
}

function algorithmOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  if (key.asymmetricKeyDetails?.namedCurve === 'secp384r1') return 'ES384';
  throw new CommandFailed(
    'The key is of a kind that the service does not accept: use RSA, P-256, P-384 or Ed25519.',
  );
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
