import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type {
  AnyAuth,
  ApiCall,
  ClientAuthentication,
  RefreshPolicy,
  UserIDSource,
} from '../../src/definitions/shape/auth.ts';
import { code, duration, pairs, prose, type Column } from './markdown.ts';

/** A column about a way to connect; empty where there is none. */
function column(title: string, paths: readonly string[], show: (auth: AnyAuth) => string): Column {
  return { title, paths, show: ({ auth }: NamedDefinition) => (auth.kind === 'none' ? '' : show(auth)) };
}

export const authColumns: readonly Column[] = [
  column('flow', ['auth.discovery', 'auth.aud', 'auth.scopeVersion', 'auth.responseMode'], showFlow),
  column('authorize', ['auth.authorizeUrl'], (auth) =>
    auth.kind === 'oauth2' ? code(auth.authorizeUrl) : 'discovered',
  ),
  column(
    'token',
    ['auth.tokenUrl', 'auth.refreshUrl', 'auth.introspectUrl', 'auth.tokenMethod'],
    showTokenUrls,
  ),
  column('PKCE', ['auth.pkce'], ({ pkce }) => pkce),
  column('client authentication', ['auth.clientAuthentication'], ({ clientAuthentication }) =>
    clientAuthentication.map(showMethod).join(', '),
  ),
  column(
    'beside the standard',
    [
      'auth.authorizeParameters',
      'auth.tokenParameters',
      'auth.refreshParameters',
      'auth.refreshRepeats',
      'auth.tokenHeaders',
      'auth.scopeParameter',
      'auth.asksScopes',
      'auth.codeLifetimeS',
      'auth.stateLengthMin',
    ],
    showExtras,
  ),
  column('token answer', ['auth.tokenAnswer'], showAnswer),
];

export const scopeColumns: readonly Column[] = [
  column('separator', ['auth.scopeSeparator'], ({ scopeSeparator }) =>
    scopeSeparator === ' ' ? 'space' : 'comma',
  ),
  column('required', ['auth.scopes'], (auth) => names(auth, 'required')),
  column('asked for unless left out', ['auth.scopes'], (auth) => names(auth, 'default')),
  column('on demand', ['auth.scopes'], (auth) => names(auth, 'optional')),
  column('asked for by the registration', ['auth.scopes'], (auth) => names(auth, 'registered')),
  column('offered by the provider, not asked for', ['auth.scopes'], ({ scopes }) =>
    scopes.flatMap(({ name, addedByProvider }) => (addedByProvider === true ? [code(name)] : [])).join(' '),
  ),
  column('granted scopes are read from', ['auth.grantedScopes'], showGranted),
  column('user id is read from', ['auth.userID'], showUserID),
  column('calls that complete a connection', ['auth.afterConnect'], ({ afterConnect = [] }) =>
    afterConnect.map((call) => showCall(call)).join('; '),
  ),
];

export const lifeColumns: readonly Column[] = [
  column(
    'refresh tokens',
    ['auth.refresh.policy', 'auth.refresh.graceS', 'auth.refresh.extendsByS', 'auth.refresh.repeatsForS'],
    ({ refresh }) => showPolicy(refresh),
  ),
  column(
    'access token lives',
    ['auth.refresh.accessTokenLifetimeS', 'auth.refresh.refreshEarlyS'],
    ({ refresh }) =>
      `${duration(refresh.accessTokenLifetimeS)}${refresh.refreshEarlyS === undefined ? '' : `, less ${duration(refresh.refreshEarlyS)}`}`,
  ),
  column('refresh token lives', ['auth.refresh.refreshTokenLifetimeS'], ({ refresh }) =>
    refresh.policy === 'none' ? '' : duration(refresh.refreshTokenLifetimeS),
  ),
  column('kept alive every', ['auth.refresh.keepAliveEveryS'], ({ refresh }) =>
    refresh.policy === 'none' ? '' : duration(refresh.keepAliveEveryS),
  ),
  column('consent ends', ['auth.refresh.grantEnds'], ({ refresh }) => {
    const ends = refresh.policy === 'none' ? undefined : refresh.grantEnds;
    return ends === undefined
      ? ''
      : ends.from === 'consent'
        ? `${duration(ends.afterS)} after it was given`
        : `as told by ${ends.from} ${code('field' in ends ? ends.field : ends.claim)}`;
  }),
  column('one grant for each', ['auth.grantsPer'], ({ grantsPer }) => grantsPer),
  column('given back by', ['auth.revoke'], showRevoke),
];

function showFlow(auth: AnyAuth): string {
  const mode = auth.responseMode === 'fragment' ? ', answer in the fragment' : '';
  if (auth.kind === 'oauth2') return `OAuth 2.0${mode}`;
  return `SMART standalone, ${auth.discovery.join(' or ')}; aud ${auth.aud}; scopes ${auth.scopeVersion}${mode}`;
}

function showTokenUrls(auth: AnyAuth): string {
  if (auth.kind === 'smart') return 'discovered';
  return [
    `${auth.tokenMethod ?? 'POST'} ${code(auth.tokenUrl)}`,
    ...(auth.refreshUrl === undefined ? [] : [`refresh ${code(auth.refreshUrl)}`]),
    ...(auth.introspectUrl === undefined ? [] : [`introspect ${code(auth.introspectUrl)}`]),
  ].join('; ');
}

function showMethod(way: ClientAuthentication): string {
  return way.method === 'private_key_jwt'
    ? `${code(way.method)} (${way.algorithms.join(', ')})`
    : code(way.method);
}

function showExtras(auth: AnyAuth): string {
  const extra = (title: string, text: string | undefined) =>
    text === undefined || text === '' ? [] : [`${title} ${text}`];
  return [
    ...extra('authorize', pairs(auth.authorizeParameters)),
    ...extra('token', pairs(auth.tokenParameters)),
    ...extra('refresh', pairs(auth.refreshParameters)),
    ...extra('refresh repeats', auth.refreshRepeats?.map(code).join(' ')),
    ...extra('headers', pairs(auth.tokenHeaders)),
    ...extra('scopes in', auth.scopeParameter === undefined ? undefined : code(auth.scopeParameter)),
    ...(auth.asksScopes === false ? ['scopes are not sent'] : []),
    ...extra('code lives', duration(auth.codeLifetimeS)),
    ...extra(
      'state of at least',
      auth.stateLengthMin === undefined ? undefined : `${auth.stateLengthMin} characters`,
    ),
  ].join('; ');
}

function showAnswer({ tokenAnswer }: AnyAuth): string {
  const { at, succeedsWhen, fields, mayOmitTokens } = tokenAnswer;
  const parts = [
    ...(at === undefined ? [] : [`at ${code(at)}`]),
    ...(succeedsWhen === undefined
      ? []
      : [
          `succeeded when ${code(`${succeedsWhen.path}=${succeedsWhen.equals}`)}${succeedsWhen.orAbsent === true ? ' or absent' : ''}`,
        ]),
    ...(fields === undefined ? [] : [pairs(fields)]),
    ...(mayOmitTokens === true ? ['a refresh may omit tokens'] : []),
  ];
  return parts.length === 0 ? 'standard' : parts.join('; ');
}

function names({ scopes }: AnyAuth, ask: string): string {
  return scopes.flatMap((scope) => (scope.ask === ask ? [code(scope.name)] : [])).join(' ');
}

function showGranted({ grantedScopes: granted }: AnyAuth): string {
  const cut = [
    ...(granted.stripPrefix === undefined ? [] : [`${code(granted.stripPrefix)} is cut off`]),
    ...(granted.keepPrefix === undefined ? [] : [`only those with ${code(granted.keepPrefix)}`]),
  ];
  const from = {
    'token-answer': () => `token answer ${code('field' in granted ? (granted.field ?? 'scope') : 'scope')}`,
    redirect: () => `redirect ${code('parameter' in granted ? (granted.parameter ?? 'scope') : 'scope')}`,
    call: () => ('call' in granted ? `${showCall(granted.call)} ${code(granted.path)}`.trim() : ''),
    request: () => 'nowhere: what was asked for counts',
  }[granted.from]();
  return [from, ...cut].join('; ');
}

function showUserID({ userID }: AnyAuth): string {
  return userID.map((source) => showSource(source)).join('; else ');
}

function showSource(source: UserIDSource): string {
  switch (source.from) {
    case 'token-answer':
      return `token answer ${code(source.field)}`;
    case 'access-token-claim':
      return `claim ${code(source.claim)} of the access token`;
    case 'id-token':
      return `claim ${code(source.claim)} of the identity token, if it names a patient`;
    case 'first-data':
      return `${code(source.path)} of the first data`;
    case 'call':
      return [
        `${showCall(source.call)} ${code(source.listAt === undefined ? source.path : `${source.listAt}.*.${source.path}`)}`,
        ...(source.needsScope === undefined ? [] : [`needs ${code(source.needsScope)}`]),
        ...(source.predecessorPath === undefined ? [] : [`predecessor's ${code(source.predecessorPath)}`]),
      ].join(', ');
  }
}

function showPolicy(refresh: RefreshPolicy): string {
  switch (refresh.policy) {
    case 'none':
      return 'none';
    case 'reusable':
      return 'stay good';
    case 'rotating':
      return `new one each time${refresh.repeatsForS === undefined ? '' : `, the same answer again for ${duration(refresh.repeatsForS)}`}`;
    case 'grace':
      return `new one each time, the old one good for ${duration(refresh.graceS)}`;
    case 'until-first-use':
      return `new one each time, the old one good until the first use of the new access token, at most ${duration(refresh.graceS)}`;
    case 'extends-in-place':
      return `the same tokens live ${duration(refresh.extendsByS)} longer`;
  }
}

function showRevoke({ revoke }: AnyAuth): string {
  if (revoke.by === 'participant') return `the participant: ${prose(revoke.instructions)}`;
  const atOnce = revoke.atOnce === undefined ? [] : [`${revoke.atOnce} at once`];
  if (revoke.by === 'discovery')
    return [
      `discovered (RFC 7009)${revoke.instructions === undefined ? '' : `, else the participant: ${prose(revoke.instructions)}`}`,
      ...atOnce,
    ].join('; ');
  const where =
    revoke.tokenIn === undefined ? '' : ` as ${revoke.tokenIn.place} ${code(revoke.tokenIn.name)}`;
  const gone = [
    ...revoke.alreadyGone.map(String),
    ...(revoke.alreadyGoneWhen?.in ?? []).map((value) =>
      code(`${revoke.alreadyGoneWhen?.path ?? ''}=${value}`),
    ),
  ];
  return [
    `${showCall(revoke)}, ${revoke.token === 'none' ? 'no token' : `${revoke.token} token${where}`}`,
    `${revoke.succeeds.join(', ')} is done`,
    ...(gone.length === 0 ? [] : [`${gone.join(', ')} was gone`]),
    ...atOnce,
  ].join('; ');
}

/** A call with all that it sends. */
export function showCall(
  call: Omit<ApiCall, 'accepts'> & { readonly accepts?: readonly number[]; readonly needsScope?: string },
): string {
  const { method, url, authentication, form, json, headers, accepts, firstAsk, needsScope, succeedsWhen } =
    call;
  return [
    `${method} ${code(url)} (${authentication})`,
    ...[form, json, headers].map(pairs).filter((text) => text !== ''),
    ...(accepts === undefined ? [] : [`${accepts.join(', ')} is done`]),
    ...(succeedsWhen === undefined
      ? []
      : [`done when ${code(`${succeedsWhen.path}=${succeedsWhen.equals}`)}`]),
    ...(firstAsk === undefined
      ? []
      : [`after ${code(firstAsk.variable)} from ${firstAsk.call.method} ${code(firstAsk.call.url)}`]),
    ...(needsScope === undefined ? [] : [`needs ${code(needsScope)}`]),
  ].join(' ');
}
