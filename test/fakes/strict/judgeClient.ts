import { judgeAssertion, type AssertionCircumstances } from './judgeAssertion.ts';
import { decode } from './parameters.ts';
import type { Accuse } from './rules.ts';

/** How the one client of the server is registered. */
export type RegisteredProof =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic'; readonly secret: string }
  | { readonly method: 'client_secret_post'; readonly secret: string }
  | ({ readonly method: 'private_key_jwt' } & Pick<AssertionCircumstances, 'key'>);

export interface ClientRequest {
  readonly endpoint: 'token' | 'revocation';
  readonly authorization: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Judges how a request to the token or revocation endpoint shows whose it is. */
export function judgeClient(
  { endpoint, authorization, parameters }: ClientRequest,
  known: { readonly clientID: string; readonly proof: RegisteredProof } & Omit<AssertionCircumstances, 'key'>,
  accuse: Accuse,
): void {
  const ways = [
    ...(authorization === undefined ? [] : ['client_secret_basic']),
    ...(parameters.has('client_secret') ? ['client_secret_post'] : []),
    ...(parameters.has('client_assertion') || parameters.has('client_assertion_type')
      ? ['private_key_jwt']
      : []),
  ];
  const { proof, clientID } = known;
  judgeName(parameters.get('client_id'), { clientID, endpoint, method: proof.method }, accuse);
  if (ways.length > 1) accuse('authentication-several');
  if (proof.method === 'none') {
    if (ways.length > 0) accuse('authentication-public');
    return;
  }
  if (ways.length === 0) {
    accuse('authentication-missing');
    return;
  }
  if (!ways.includes(proof.method)) {
    accuse('authentication-method');
    return;
  }
  if (proof.method === 'client_secret_basic')
    judgeBasic(authorization ?? '', [clientID, proof.secret], accuse);
  else if (proof.method === 'client_secret_post') {
    if (parameters.get('client_secret') !== proof.secret) accuse('post-wrong');
  } else {
    if (parameters.get('client_assertion_type') !== jwtBearer) accuse('assertion-type');
    judgeAssertion(parameters.get('client_assertion') ?? '', { ...known, key: proof.key }, accuse);
  }
}

/** A public client has nothing else to say who it is; one that authenticates has said it; a secret needs its name. */
function judgeName(
  given: string | undefined,
  {
    clientID,
    endpoint,
    method,
  }: {
    readonly clientID: string;
    readonly endpoint: ClientRequest['endpoint'];
    readonly method: RegisteredProof['method'];
  },
  accuse: Accuse,
): void {
  if (given !== undefined && given !== clientID) accuse('client-id-other');
  if (method === 'none' && given === undefined) accuse('client-id-public');
  if (method === 'client_secret_post' && given === undefined) accuse('post-wrong');
  const isNamed = method === 'client_secret_basic' || method === 'private_key_jwt';
  // The table that says so is that of the token request.
  if (isNamed && endpoint === 'token' && given !== undefined) accuse('client-id-confidential');
}

function judgeBasic(header: string, expected: readonly [string, string], accuse: Accuse): void {
  const [, text] = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(header) ?? [];
  const pair = Buffer.from(text ?? '', 'base64');
  if (text === undefined || pair.toString('base64') !== text) {
    accuse('basic-form');
    return;
  }
  const [name, secret, ...more] = pair.toString().split(':').map(decode);
  if (name === undefined || secret === undefined || more.length > 0) {
    accuse('basic-form');
    return;
  }
  if (name !== expected[0] || secret !== expected[1]) accuse('basic-wrong');
}
