import { createHash, createPrivateKey, createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose';
import type { ConnectableDefinition } from '../../src/definitions/connectable.ts';
import type { Credentials } from '../../src/definitions/credentials.ts';
import { systemClock, type Clock } from '../../src/platform/time/clock.ts';
import { Secret } from '../../src/platform/config/secret.ts';

/** What came back: JSON where it is some, text otherwise. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

type Method = ConnectableDefinition['auth']['clientAuthentication'][number];
type Form = Readonly<Record<string, string>>;

export interface Asked {
  /** Names of scopes; those that the definition asks for unless given. */
  readonly scopes?: readonly string[];
  /** Parameters of the authorization request that are changed, or (undefined) left out. */
  readonly change?: Readonly<Record<string, string | undefined>>;
  readonly verifier?: string;
}

export const redirectUri = 'https://study.example.org/callback';

/**
 * A client of one sandbox provider that was written from the definition alone and shares no code with the service's
 * own: what it says on the wire is what the definition says.
 */
export class SandboxClient {
  readonly origin: string;
  readonly definition: ConnectableDefinition;
  readonly credentials: Credentials;
  /** Base address of a FHIR server that is the vendor's. */
  readonly base: string;

  readonly clock: Pick<Clock, 'now'>;

  constructor(
    origin: string,
    definition: ConnectableDefinition,
    credentials: Credentials,
    clock: Pick<Clock, 'now'> = systemClock,
  ) {
    this.clock = clock;
    this.origin = origin;
    this.definition = definition;
    this.credentials = credentials;
    this.base = `https://${hostOf(definition)}/clinic/r4`;
  }

  get auth(): ConnectableDefinition['auth'] {
    return this.definition.auth;
  }

  /** An address, form or header of the definition with everything in it that is known. */
  fill(text: string, more: Form = {}): string {
    const { settings, clientID, clientSecret, region = '' } = this.credentials;
    const plain = Object.entries(settings).map(([name, value]) => [
      name,
      value instanceof Secret ? value.reveal() : value,
    ]);
    const known: Record<string, string> = {
      ...this.definition.regions?.values[region],
      ...(Object.fromEntries(plain) as Form),
      clientID,
      clientSecret: clientSecret?.reveal() ?? '',
      nowS: `${Math.floor(this.clock.now() / 1_000)}`,
      ...more,
    };
    return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole);
  }

  /** Where the sandbox answers for a real address. */
  inside(url: string): string {
    return url.replace('https://', `${this.origin}/${this.definition.slug}/`);
  }

  async send(
    method: string,
    url: string,
    parts: { headers?: Form; form?: Form | [string, string][]; json?: unknown } = {},
  ): Promise<Reply> {
    const { headers = {}, form, json } = parts;
    const response = await fetch(this.inside(url), {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(form === undefined ? {} : { body: new URLSearchParams(form as Form) }),
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  get authorizeUrl(): string {
    return this.auth.kind === 'oauth2' ? this.fill(this.auth.authorizeUrl) : `${this.base}/oauth2/authorize`;
  }

  tokenUrl(phase: 'token' | 'refresh'): string {
    if (this.auth.kind === 'smart') return `${this.base}/oauth2/token`;
    return this.fill(phase === 'refresh' ? (this.auth.refreshUrl ?? this.auth.tokenUrl) : this.auth.tokenUrl);
  }

  /** What a client asks for that leaves nothing out. */
  get askedScopes(): string[] {
    const { scopes, asksScopes } = this.auth;
    if (asksScopes === false) return [];
    return scopes.filter(({ ask }) => ask === 'required' || ask === 'default').map(({ name }) => name);
  }

  requestUrl({ scopes = this.askedScopes, change = {}, verifier }: Asked = {}): string {
    const { auth } = this;
    const asked: Record<string, string | undefined> = {
      response_type: 'code',
      client_id: this.credentials.clientID,
      redirect_uri: redirectUri,
      state: 'a-state-that-is-long-enough',
      ...(scopes.length > 0 && { [auth.scopeParameter ?? 'scope']: scopes.join(auth.scopeSeparator) }),
      ...auth.authorizeParameters,
      ...(verifier !== undefined && { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' }),
      ...(auth.kind === 'smart' && auth.aud !== 'omit' && { aud: this.base }),
      ...(scopes.includes('openid') && { nonce: 'a-nonce' }),
      ...change,
    };
    const given = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return `${this.authorizeUrl}?${new URLSearchParams(given).toString()}`;
  }

  /** Decides on the consent page and gives where it leads. */
  async decide(url: string, fields: [string, string][]): Promise<Reply> {
    return this.send('POST', url, { form: fields });
  }

  /** The whole way to a code, with everything ticked. */
  async consent(
    person: string,
    asked: Asked & { ticked?: readonly string[] } = {},
  ): Promise<URLSearchParams> {
    const url = this.requestUrl(asked);
    const page = await this.send('GET', url);
    const ticked = asked.ticked ?? boxesOf(page.text);
    const reply = await this.decide(url, [
      ['person', person],
      ...ticked.map((name): [string, string] => ['scope', name]),
      ['decision', 'allow'],
    ]);
    return parametersOf(reply);
  }

  async prove(method: Method, audience: string): Promise<{ headers: Form; form: Form; query: Form }> {
    const { clientID: id, clientSecret, privateKey } = this.credentials;
    const secret = clientSecret?.reveal() ?? '';
    const none = { headers: {}, form: {}, query: {} };
    switch (method.method) {
      case 'none':
        return { ...none, form: { client_id: id } };
      case 'client_secret_basic': {
        const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
        return { ...none, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
      }
      case 'client_secret_post':
        return { ...none, form: { client_id: id, client_secret: secret } };
      case 'client_secret_query':
        return { ...none, query: { client_id: id, client_secret: secret } };
      case 'private_key_jwt': {
        const assertion = await signAssertion(privateKey?.reveal() ?? '', {
          id,
          audience,
          now: this.clock.now(),
        });
        const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
        return { ...none, form: { client_id: id, client_assertion_type: type, client_assertion: assertion } };
      }
    }
  }

  async askToken(
    phase: 'token' | 'refresh',
    parameters: Form,
    method: Method = this.auth.clientAuthentication[0],
  ): Promise<Reply> {
    const url = this.tokenUrl(phase);
    const proof = await this.prove(method, url);
    const { auth } = this;
    if (auth.tokenMethod === 'GET') {
      const query = new URLSearchParams({ ...parameters, ...proof.query });
      return this.send('GET', `${url}?${query.toString()}`, { headers: { ...auth.tokenHeaders } });
    }
    return this.send('POST', url, {
      headers: { ...auth.tokenHeaders, ...proof.headers },
      form: { ...parameters, ...proof.form },
    });
  }

  exchange(code: string, verifier?: string, more: Form = {}): Promise<Reply> {
    return this.askToken('token', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      ...(verifier !== undefined && { code_verifier: verifier }),
      ...this.auth.tokenParameters,
      ...more,
    });
  }

  refresh(token: string, more: Form = {}): Promise<Reply> {
    const { auth } = this;
    const own = Object.entries(auth.refreshParameters ?? {}).map(([name, value]) => [
      name,
      this.fill(value, more),
    ]);
    return this.askToken('refresh', {
      grant_type: 'refresh_token',
      refresh_token: token,
      ...(auth.refreshRepeats?.includes('redirect_uri') === true && { redirect_uri: redirectUri }),
      ...(Object.fromEntries(own) as Form),
    });
  }

  /** A field of a token answer, under the vendor's name for it. */
  read(reply: Reply, name: 'access_token' | 'refresh_token' | 'expires_in'): unknown {
    const { at = '', fields = {} } = this.auth.tokenAnswer;
    return dig(dig(reply.json, at), fields[name] ?? name);
  }

  /** The whole way to tokens. */
  async connect(person: string, asked: Asked & { ticked?: readonly string[] } = {}): Promise<Connected> {
    const verifier = asked.verifier ?? randomBytes(32).toString('base64url');
    const answer = await this.consent(person, { ...asked, verifier });
    const reply = await this.exchange(answer.get('code') ?? '', verifier);
    return {
      reply,
      answer,
      access: this.read(reply, 'access_token') as string,
      refresh: this.read(reply, 'refresh_token') as string,
    };
  }
}

export interface Connected {
  readonly reply: Reply;
  readonly answer: URLSearchParams;
  readonly access: string;
  readonly refresh: string;
}

export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

export async function signAssertion(
  pem: string,
  parts: { id: string; audience: string | string[]; now: number; change?: object; header?: object },
): Promise<string> {
  const key = createPrivateKey(pem);
  const kid = await calculateJwkThumbprint(await exportJWK(createPublicKey(pem)));
  const alg = key.asymmetricKeyType === 'rsa' ? 'RS384' : 'ES384';
  const now = Math.floor(parts.now / 1_000);
  const claims = {
    iss: parts.id,
    sub: parts.id,
    aud: parts.audience,
    iat: now,
    exp: now + 240,
    jti: randomUUID(),
  };
  return new SignJWT({ ...claims, ...parts.change })
    .setProtectedHeader({ alg, kid, typ: 'JWT', ...parts.header })
    .sign(key);
}

/** Names of the boxes on a consent page that are ticked. */
export function boxesOf(html: string): string[] {
  return [...html.matchAll(/<input type="checkbox" name="scope" value="([^"]*)" checked>/g)].map(([, name]) =>
    (name ?? '').replaceAll('&amp;', '&'),
  );
}

/** What a redirect to the client carries. */
export function parametersOf({ status, headers }: Reply): URLSearchParams {
  const url = new URL(headers.get('location') ?? `about:blank?status=${status}`);
  return url.hash === '' ? url.searchParams : new URLSearchParams(url.hash.slice(1));
}

/** The value at a path, without a look at how the service finds it. */
export function dig(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path === '' ? [] : path.split('.'))
    at = (at as Record<string, unknown> | undefined)?.[name];
  return at;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hostOf(definition: ConnectableDefinition): string {
  const [first = 'fhir.hospital.example'] =
    definition.kind === 'vendor' ? (definition.recognises.hosts ?? []) : [];
  return first.replace('*.', 'fhir.');
}
