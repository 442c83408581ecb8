import type { IncomingMessage } from 'node:http';
import { Value } from 'typebox/value';
import { isObject } from '../../platform/members/isObject.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { parseJsonBody } from '../../platform/outbound/parseJsonBody.ts';
import { changePerson, personDeeds } from '../played/changePerson.ts';
import type { Dials } from '../dials/dials.ts';
import { FaultSchema } from '../dials/fault.ts';
import { DialSettingsSchema } from '../dials/settings.ts';
import type { Ledger, LedgerQuery, TokenKind } from '../ledger/ledger.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { SandboxAnswer } from './sandboxCall.ts';

export interface ControlParts {
  readonly providers: ReadonlyMap<string, PlayedProvider>;
  readonly ledger: Ledger;
  readonly dials: Dials;
}

interface ControlCall {
  readonly query: URLSearchParams;
  readonly names: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
}

type Handle = (parts: ControlParts, call: ControlCall) => SandboxAnswer | Promise<SandboxAnswer>;

const addresses: readonly (readonly [method: string, address: string, handle: Handle])[] = [
  ['GET', '/control', describeSandbox],
  ['GET', '/control/ledger', ({ ledger }, { query }) => readLedger(ledger, query)],
  ['GET', '/control/tokens', ({ ledger }, { query }) => listTokens(ledger, query)],
  [
    'GET',
    '/control/grants',
    ({ ledger }, { query }) => answerJson({ grants: ledger.grants(readQuery(query)) }),
  ],
  ['POST', '/control/reset', resetProviders],
  ['GET', '/control/dials/SLUG', forProvider(({ slug }, { dials }) => answerJson(dials.get(slug)))],
  ['PUT', '/control/dials/SLUG', forProvider(setDials)],
  ['PUT', '/control/webhooks/SLUG', forProvider((provider, _, { body }) => setWebhook(provider, body))],
  ...personDeeds.map(
    (deed) =>
      [
        'POST',
        `/control/people/SLUG/PERSON/${deed}`,
        forProvider((provider, _, { names, body }) =>
          changePerson(provider, { userID: names[1] ?? '', deed, told: body }),
        ),
      ] as const,
  ),
];
const routes = addresses.map(([method, address, handle]) => {
  const path = new RegExp(`^${address.replace(/SLUG|PERSON/g, '([^/]+)')}$`);
  return { method, address, path, handle };
});

/**
 * The control API: JSON, for programs on this machine. A request that a web page has sent is refused, so that no page
 * that is open in a browser here can turn a dial.
 */
export async function answerControlCall(
  parts: ControlParts,
  request: IncomingMessage,
  bytes: Buffer,
): Promise<SandboxAnswer> {
  const { origin, 'sec-fetch-site': site = 'none' } = request.headers;
  if (origin !== undefined || site !== 'none') return answerJson({ error: 'not for web pages' }, 403);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const body = bytes.length === 0 ? {} : parseJsonBody(bytes);
  if (!isObject(body)) return answerJson({ error: 'the body is not an object of JSON' }, 400);
  for (const { method, path, handle } of routes) {
    const found = path.exec(url.pathname);
    if (found === null || method !== request.method) continue;
    return handle(parts, { query: url.searchParams, names: found.slice(1).map(decode), body });
  }
  const allow = routes.filter(({ path }) => path.test(url.pathname)).map(({ method }) => method);
  return allow.length === 0
    ? answerJson({ error: 'no such address; GET /control lists them' }, 404)
    : { ...answerJson({ error: 'method not allowed' }, 405), headers: { allow: allow.join(', ') } };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function answerJson(value: unknown, status = 200): SandboxAnswer {
  return { status, json: value };
}

function forProvider(
  act: (
    provider: PlayedProvider,
    parts: ControlParts,
    call: ControlCall,
  ) => SandboxAnswer | Promise<SandboxAnswer>,
): Handle {
  return (parts, call) => {
    const [slug = ''] = call.names;
    const provider = parts.providers.get(slug);
    return provider === undefined
      ? answerJson({ error: `${slug} is not played here` }, 404)
      : act(provider, parts, call);
  };
}

/** The providers with their people, and what can be changed. */
function describeSandbox({ providers }: ControlParts): SandboxAnswer {
  return answerJson({
    addresses: routes.map(({ method, address }) => `${method} ${address}`),
    dials: DialSettingsSchema.properties,
    providers: [...providers.values()].map(({ slug, definition, logins }) => ({
      slug,
      name: definition.name,
      people: logins.map(({ key, name, isProxy }) =>
        omitUndefined({ person: key, name, isProxy: isProxy ? true : undefined }),
      ),
    })),
  });
}

function readLedger(ledger: Ledger, query: URLSearchParams): SandboxAnswer {
  const entries = ledger.entries(readQuery(query));
  return answerJson({
    entries,
    last: entries.at(-1)?.id ?? Number(query.get('after') ?? 0),
    dropped: ledger.dropped,
  });
}

function listTokens(ledger: Ledger, query: URLSearchParams): SandboxAnswer {
  const kind = (['code', 'access', 'refresh'] as const).find((one) => one === query.get('kind'));
  return answerJson({
    tokens: ledger.tokens(
      omitUndefined({
        ...readQuery(query),
        kind: kind === undefined ? undefined : (kind satisfies TokenKind),
      }),
    ),
  });
}

function readQuery(query: URLSearchParams): LedgerQuery {
  const text = (name: 'slug' | 'person') => (query.has(name) ? { [name]: query.get(name) ?? '' } : {});
  const count = (name: 'after' | 'limit') =>
    /^\d{1,9}$/.test(query.get(name) ?? '') ? { [name]: Number(query.get(name)) } : {};
  return { ...text('slug'), ...text('person'), ...count('after'), ...count('limit') };
}

/** All providers, or one: what they remember, the dials, and the ledger (which is of all). */
function resetProviders({ providers, ledger, dials }: ControlParts, { body }: ControlCall): SandboxAnswer {
  const { slug } = body;
  if (slug !== undefined && (typeof slug !== 'string' || !providers.has(slug)))
    return answerJson({ error: 'no such provider' }, 404);
  for (const provider of providers.values())
    if (slug === undefined || provider.slug === slug) provider.reset();
  dials.reset(slug);
  if (slug === undefined) ledger.reset();
  return { status: 204 };
}

function setDials({ slug }: PlayedProvider, { dials }: ControlParts, { body }: ControlCall): SandboxAnswer {
  if (!Value.Check(DialSettingsSchema, body)) return answerJson({ error: findMistakes(body) }, 400);
  dials.set(slug, body);
  return answerJson(dials.get(slug));
}

/** Where in the settings something is wrong; of a fault, what its own kind wants. */
function findMistakes(settings: Readonly<Record<string, unknown>>): string {
  const { faults, ...others } = settings;
  const mistakes = Value.Errors(DialSettingsSchema, others).map(describeMistake(''));
  if (faults !== undefined && !Array.isArray(faults)) mistakes.push('faults must be a list');
  for (const [index, fault] of (Array.isArray(faults) ? faults : []).entries()) {
    const kind = (fault as { kind?: unknown } | null)?.kind;
    const schema = FaultSchema.anyOf.find((one) => one.properties.kind.const === kind);
    const at = `/faults/${index}`;
    if (schema === undefined) mistakes.push(`${at}/kind is none of ${faultKinds.join(', ')}`);
    else mistakes.push(...Value.Errors(schema, fault).map(describeMistake(at)));
  }
  return [...new Set(mistakes)].slice(0, 5).join('; ');
}

const faultKinds = FaultSchema.anyOf.map((one) => one.properties.kind.const);

function describeMistake(at: string) {
  return ({ instancePath, message }: { readonly instancePath: string; readonly message: string }) =>
    `${at}${instancePath || (at === '' ? 'the body' : '')} ${message}`;
}

/** Where a vendor's site wants the address of a webhook to be entered by hand. */
function setWebhook(provider: PlayedProvider, body: ControlCall['body']): SandboxAnswer {
  const { url, secret, issuedSecret } = body;
  if (typeof url !== 'string' || URL.parse(url) === null) return answerJson({ error: 'url is missing' }, 400);
  const text = (name: 'secret' | 'issuedSecret', value: unknown) =>
    typeof value === 'string' ? { [name]: value } : {};
  const { id } = provider.subscriptions.add({
    url,
    ...text('secret', secret),
    ...text('issuedSecret', issuedSecret),
  });
  return answerJson({ id }, 201);
}
