import type { Credentials } from '../../src/definitions/credentials.ts';
import type { ClientAuthentication } from '../../src/definitions/shape/auth.ts';
import {
  createAuthorizationServer,
  fhirBase,
  fhirHost,
  issuer,
  loginHost,
} from './honest/authorizationServer.ts';
import { registerClients } from './honest/clients.ts';
import { answerConsent } from './honest/consentPage.ts';
import { answerFhir } from './honest/fhirServer.ts';
import { createLedger, type HonestLedger } from './honest/ledger.ts';
import { startLoopbackServer, type LoopbackServer } from './loopbackServer.ts';
import type { PlainBrowser, Visit } from './plainBrowser.ts';

export interface HonestServer extends LoopbackServer {
  readonly issuer: string;
  readonly fhirBase: string;
  readonly ledger: HonestLedger;
  /** What the application that authenticates so was registered with. */
  credentialsFor(authentication: ClientAuthentication): Credentials;
  /** From now on only addresses that were named here are redirected to. */
  registerRedirect(...redirectUris: readonly string[]): void;
}

export interface HonestServerOptions {
  /** Default: an hour. */
  readonly accessTokenLifetimeS?: number;
  /**
   * The registered redirect addresses, compared to the letter. Left out, every https or loopback address counts as
   * registered, for journeys whose addresses hold identifiers that are only known when they run.
   */
  readonly redirectUris?: readonly string[];
}

/**
 * An authorization server that we did not write (npm oidc-provider), with a small FHIR server beside it, on
 * loopback. It lives in real time: a service with a clock of its own must not be far from it.
 *
 * In the browser `https://login.honest.example/interaction/…` shows the consent page; see `answerConsent` for its
 * fields and `decideAtHonest` for a browser without a screen.
 */
export async function startHonestServer(options: HonestServerOptions = {}): Promise<HonestServer> {
  const ledger = createLedger();
  const clients = await registerClients();
  let registered = options.redirectUris;
  const provider = createAuthorizationServer({
    clients,
    ledger,
    accessTokenLifetimeS: options.accessTokenLifetimeS ?? 3600,
    isRegistered: (uri) => registered?.includes(uri) ?? isRedirectAddress(uri),
  });
  const answer = provider.callback();
  const server = await startLoopbackServer(
    'honest',
    [loginHost, fhirHost],
    async (request, response, host) => {
      if (host === fhirHost) return answerFhir(provider, ledger, { request, response });
      request.headers['x-forwarded-proto'] = 'https';
      request.headers['x-forwarded-host'] = host;
      if (request.url?.startsWith('/interaction/') === true)
        return answerConsent(provider, request, response);
      return answer(request, response);
    },
  );
  return {
    ...server,
    issuer,
    fhirBase,
    ledger,
    credentialsFor: (authentication) => {
      const client = clients.find((one) => isSame(one.authentication, authentication));
      if (client === undefined) throw new Error(`No application authenticates by ${authentication.method}.`);
      return client.credentials;
    },
    registerRedirect: (...uris) => void (registered = [...(registered ?? []), ...uris]),
  };
}

/** Goes from an authorization address to the decision and back out: the visit that leads to the client. */
export async function decideAtHonest(
  browser: PlainBrowser,
  authorizationUrl: string,
  choice: {
    readonly person?: string;
    /** What stays ticked; everything that was asked for unless given. */
    readonly scopes?: readonly string[];
    readonly decision?: 'allow' | 'deny';
  } = {},
): Promise<Visit> {
  const origin = new URL(authorizationUrl).origin;
  const isOutside = (location: string) => new URL(location).origin !== origin;
  const page = await browser.follow(await browser.get(authorizationUrl), isOutside);
  // A request that it refuses goes straight back, or stays as an error page.
  if (page.location !== undefined || page.status !== 200) return page;
  const offered = [...page.body.matchAll(/name="scope" value="([^"]+)"/g)].map(([, scope]) => scope!);
  const decided = await browser.post(page.url, [
    ['person', choice.person ?? 'ada'],
    ...(choice.scopes ?? offered).map((scope) => ['scope', scope] as const),
    ['decision', choice.decision ?? 'allow'],
  ]);
  return browser.follow(decided, isOutside);
}

function isSame(one: ClientAuthentication, other: ClientAuthentication): boolean {
  return one.method === 'private_key_jwt' && other.method === 'private_key_jwt'
    ? one.algorithms[0] === other.algorithms[0]
    : one.method === other.method;
}

function isRedirectAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.hash !== '' || url.username !== '') return false;
  return (
    url.protocol === 'https:' || (url.protocol === 'http:' && /^(localhost|127\.0\.0\.1)$/.test(url.hostname))
  );
}
