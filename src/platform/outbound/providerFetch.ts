import { omitUndefined } from '../members/omitUndefined.ts';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Agent, request as send, type Dispatcher } from 'undici';
import { createAddressPolicy, type AddressPolicy } from './addressPolicy.ts';
import { createGuardedLookup, type ResolveName } from './guardedLookup.ts';
import { nameFailure, type AddressRefusal, type Failure } from './nameFailure.ts';
import { acceptedEncodings, readBody } from './readBody.ts';

/** One call to a provider, with the bounds that it must keep. */
export interface ProviderRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  /** `Accept: application/json` unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?:
    | { readonly form: Readonly<Record<string, string>> }
    | { readonly json: unknown }
    | { readonly text: string; readonly type: string };
  /** Milliseconds from the call to the last byte of the answer. Default: 20,000. */
  readonly deadlineMs?: number;
  /** Longest body, after decompression. Default: 1 MB. */
  readonly bytesMax?: number;
  /** Redirects that are followed at the most; GET only. Default: none, a redirect is an answer. */
  readonly redirectsMax?: number;
}

/** What became of a request. Whatever a server does is one of these; nothing is thrown for it. */
export type ProviderAnswer =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      /** Names in lower case; repeated ones joined by a comma. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
      /** Where the answer came from, after redirects. */
      readonly url: string;
    }
  | (Failure & {
      /** Whether the server may have seen the request: false only when it cannot have. Decides about trying again. */
      readonly mayHaveArrived: boolean;
    });

/** A door to the network, as {@link createProviderFetch} makes it. Fakes of providers stand behind the same. */
export interface ProviderFetch {
  (request: ProviderRequest): Promise<ProviderAnswer>;
  /** Ends idle connections; a call after it fails. */
  close(): Promise<void>;
}

/** What a door lets through beside public servers, and as whom it calls. */
export interface ProviderFetchOptions {
  /** Networks that may be called although they are not public (`127.0.0.1/32`): tests and sandboxes only. */
  readonly admittedNetworks?: readonly string[];
  /**
   * An origin on this machine (`http://127.0.0.1:9100`) that may be called without encryption, whatever else is
   * refused: a sandbox's.
   */
  readonly plainOrigin?: string;
  /** Certificates (PEM) that are trusted beside the usual authorities: tests and sandboxes only. */
  readonly trustedCertificates?: readonly string[];
  /** The machine's resolver unless given. */
  readonly resolve?: ResolveName;
  readonly userAgent?: string;
}

const deadlineMsDefault = 20_000;
const bytesMaxDefault = 1_000_000;
const connectMs = 10_000;

/**
 * The door to the network for all calls to providers: https only, to public addresses only, within a deadline and
 * a bound on the answer.
 *
 * The address is judged by the lookup of the connection itself (and before it where the URL spells one), so a name
 * cannot change its answer in between. No proxy is taken from the environment. Nothing is ever sent twice: only
 * requests without side effects share connections, because a connection that was kept may be dead, and whoever
 * finds it dead does not know whether the request arrived. Redirects keep no header of the caller when they lead
 * to another origin.
 */
export function createProviderFetch(options: ProviderFetchOptions = {}): ProviderFetch {
  const admits = createAddressPolicy(options.admittedNetworks);
  const { plainOrigin } = options;
  if (plainOrigin !== undefined && !loopbackOrigin.test(plainOrigin))
    throw new Error('Only an origin on this machine may be called without encryption');
  const connect = omitUndefined({
    lookup: createGuardedLookup(admits, options.resolve ?? ((name) => lookup(name, { all: true }))),
    timeout: connectMs,
    ca:
      options.trustedCertificates === undefined
        ? undefined
        : [...rootCertificates, ...options.trustedCertificates],
  });
  const kept = new Agent({ connect, connections: 8 });
  const fresh = new Agent({ connect, pipelining: 0 });
  const userAgent = options.userAgent ?? 'Tributary';
  const call = async (request: ProviderRequest): Promise<ProviderAnswer> => {
    const signal = AbortSignal.timeout(request.deadlineMs ?? deadlineMsDefault);
    const agent = request.method === 'GET' ? kept : fresh;
    let headers: Readonly<Record<string, string>> = { accept: 'application/json', ...request.headers };
    let url = request.url;
    for (let redirects = 0; ; redirects++) {
      const refusal = judgeUrl(url, admits, plainOrigin);
      if (refusal !== undefined)
        return { outcome: 'refused-address', reason: refusal, mayHaveArrived: redirects > 0 };
      const headed = { ...headers, 'user-agent': userAgent, 'accept-encoding': acceptedEncodings };
      const answer = await ask({ ...request, url, headers: headed }, agent, signal);
      const next = whereTo(answer, request);
      if (next === undefined)
        return answer.outcome === 'answered' || redirects === 0
          ? answer
          : { ...answer, mayHaveArrived: true };
      if (redirects === request.redirectsMax)
        return { outcome: 'refused-address', reason: 'too-many-redirects', mayHaveArrived: true };
      if (URL.parse(next)?.origin !== new URL(url).origin)
        headers = { accept: headers.accept ?? 'application/json' };
      url = next;
    }
  };
  return Object.assign(call, {
    close: async () => {
      await Promise.all([kept.destroy(), fresh.destroy()]);
    },
  });
}

const loopbackOrigin = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

/** Why an address is not even tried. */
function judgeUrl(text: string, admits: AddressPolicy, plainOrigin?: string): AddressRefusal | undefined {
  const url = URL.parse(text);
  if (url === null) return 'not-an-address';
  if (url.username !== '' || url.password !== '') return 'has-credentials';
  if (url.origin === plainOrigin) return undefined;
  if (url.protocol !== 'https:') return 'not-https';
  // A spelled-out address is connected to without a lookup.
  const address = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && !admits(address) ? 'not-public' : undefined;
}

async function ask(request: ProviderRequest, agent: Agent, signal: AbortSignal): Promise<ProviderAnswer> {
  const { method, url, bytesMax = bytesMaxDefault } = request;
  let started = false;
  const dispatcher = agent.compose((dispatch) => (dispatchOptions, handler) => {
    const start = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (...words) => {
      started ||= !signal.aborted;
      start?.(...words);
    };
    return dispatch(dispatchOptions, handler);
  });
  const exchange = async (): Promise<ProviderAnswer> => {
    const response = await send(url, { method, dispatcher, signal, ...encode(request) });
    const headers = joinHeaders(response.headers);
    const body = await readBody(response.body, headers['content-encoding'], bytesMax);
    return { outcome: 'answered', status: response.statusCode, headers, body, url };
  };
  try {
    return await Promise.race([exchange(), whenAborted(signal)]);
  } catch (error) {
    const failure = nameFailure(error);
    if (failure === undefined) throw error;
    return { ...failure, mayHaveArrived: started };
  }
}

/** A request that still waits for its connection does not look at its signal: this does. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

function encode({ headers = {}, body }: ProviderRequest) {
  if (body === undefined) return { headers };
  if ('form' in body)
    return {
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(body.form).toString(),
    };
  if ('json' in body)
    return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body.json) };
  return { headers: { ...headers, 'content-type': body.type }, body: body.text };
}

/** The address of the next request, for an answer that is a redirect which may be followed. */
function whereTo(answer: ProviderAnswer, { method, redirectsMax = 0 }: ProviderRequest): string | undefined {
  if (answer.outcome !== 'answered' || redirectsMax === 0 || method !== 'GET') return undefined;
  const { location } = answer.headers;
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return undefined;
  return URL.parse(location, answer.url)?.href ?? location;
}

function joinHeaders(headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
