import { dataTypes } from '../dataTypes.ts';
import type { NamedDefinition } from '../defineProvider.ts';
import type { AnyAuth, ApiCall, Scope, UserIDSource } from '../shape/auth.ts';
import { findEmpty, findRepeated, isCount } from './facts.ts';
import { findRefreshMistakes } from './refresh.ts';

const labelLengthMax = 200;

/** Scopes, tokens and the calls that begin and end a connection. */
export function findAuthMistakes(definition: NamedDefinition): readonly string[] {
  const { auth } = definition;
  if (auth.kind === 'none') return [];
  const mistakes: string[] = [];
  const methods = auth.clientAuthentication.map(({ method }) => method);
  mistakes.push(...findRepeated('auth.clientAuthentication', methods));
  if (methods.includes('none') && auth.pkce !== 'required' && auth.pkce !== 'supported')
    mistakes.push('auth.pkce: a client without a secret must prove itself with PKCE');
  if (auth.codeLifetimeS !== undefined && !isCount(auth.codeLifetimeS))
    mistakes.push('auth.codeLifetimeS: must be a whole number above 0');
  // 32 random bytes in base64url are what we send.
  if (auth.stateLengthMin !== undefined && (!isCount(auth.stateLengthMin) || auth.stateLengthMin > 43))
    mistakes.push('auth.stateLengthMin: must be a whole number from 1 to 43');
  return [
    ...mistakes,
    ...findScopeMistakes(auth),
    ...findUserMistakes(auth),
    ...findRefreshMistakes(auth.refresh),
    ...findRevokeMistakes(auth),
    ...findCallMistakes(definition),
  ];
}

function findScopeMistakes(auth: AnyAuth): readonly string[] {
  const names = auth.scopes.map(({ name }) => name);
  const others = auth.scopes.flatMap(({ alsoNamed = [] }) => alsoNamed);
  const mistakes = [...findRepeated('auth.scopes', [...names, ...others])];
  const asked = auth.scopes.filter(({ ask }) => ask !== 'never');
  if (asked.length === 0 && auth.asksScopes !== false)
    mistakes.push('auth.scopes: one scope at least must be asked for');
  auth.scopes.forEach((scope, index) => {
    mistakes.push(...findMistakesOfScope(scope, `auth.scopes.${index}`, auth));
    for (const name of scope.includes ?? [])
      if (!names.includes(name) || name === scope.name)
        mistakes.push(`auth.scopes.${index}.includes: "${name}" is not another scope`);
  });
  return mistakes;
}

function findMistakesOfScope(scope: Scope, path: string, auth: AnyAuth): readonly string[] {
  const { name, label, releases, ask, alsoNamed = [] } = scope;
  const { stripPrefix, keepPrefix } = auth.grantedScopes;
  const mistakes: string[] = [];
  for (const one of [name, ...alsoNamed]) {
    if (one === '' || one !== one.trim())
      mistakes.push(`${path}.name: must not be empty or have outer spaces`);
    if (one.includes(auth.scopeSeparator))
      mistakes.push(`${path}.name: "${one}" holds the separator and would be taken apart`);
    if (keepPrefix !== undefined && ask !== 'never' && !one.startsWith(keepPrefix))
      mistakes.push(`${path}.name: "${one}" would never count as granted: it does not begin with keepPrefix`);
    if (stripPrefix !== undefined && one.startsWith(stripPrefix))
      mistakes.push(`${path}.name: "${one}" would never count as granted: stripPrefix is cut off`);
  }
  if (label.trim() === '' || label.length > labelLengthMax)
    mistakes.push(`${path}.label: must be 1 to ${labelLengthMax} characters`);
  if (releases.length === 0 && ask !== 'never') mistakes.push(`${path}.releases: must not be empty`);
  if (scope.addedByProvider === true && ask !== 'optional' && ask !== 'never')
    mistakes.push(`${path}.addedByProvider: the study asks for it, so it is not added`);
  for (const type of releases)
    if (!Object.hasOwn(dataTypes, type)) mistakes.push(`${path}.releases: "${type}" is not a type of data`);
  return [...mistakes, ...findRepeated(`${path}.releases`, releases)];
}

function findUserMistakes({ userID, scopes }: AnyAuth): readonly string[] {
  const last = userID.length - 1;
  return [
    ...(userID.length === 0 ? ['auth.userID: must name a source'] : []),
    ...findRepeated(
      'auth.userID',
      userID.map((source) => JSON.stringify(source)),
    ),
    ...userID.flatMap((source, index) => [
      ...findMistakesOfSource(source, `auth.userID.${index}`, scopes),
      ...(source.from === 'first-data' && index !== last
        ? [`auth.userID.${index}: what comes after the first data is never asked`]
        : []),
    ]),
  ];
}

function findMistakesOfSource(
  source: UserIDSource,
  path: string,
  scopes: readonly Scope[],
): readonly string[] {
  switch (source.from) {
    case 'token-answer':
      return findEmpty(`${path}.field`, [source.field]);
    case 'access-token-claim':
    case 'id-token':
      return findEmpty(`${path}.claim`, [source.claim]);
    case 'first-data':
      return findEmpty(`${path}.path`, [source.path]);
    case 'call':
      return source.needsScope === undefined || scopes.some(({ name }) => name === source.needsScope)
        ? []
        : [`${path}.needsScope: "${source.needsScope}" is not a scope`];
  }
}

function findRevokeMistakes(auth: AnyAuth): readonly string[] {
  const { revoke, grantsPer, refresh, scopes, afterConnect = [] } = auth;
  const mistakes = afterConnect.flatMap(({ needsScope }, index) =>
    needsScope === undefined || scopes.some(({ name }) => name === needsScope)
      ? []
      : [`auth.afterConnect.${index}.needsScope: "${needsScope}" is not a scope`],
  );
  if (grantsPer === 'consent' && revoke.by === 'call' && revoke.token === 'none')
    mistakes.push('auth.grantsPer: a call that names the person ends more than one consent');
  if (revoke.by === 'participant')
    return [...mistakes, ...findEmpty('auth.revoke.instructions', [revoke.instructions])];
  if (revoke.atOnce !== undefined && !isCount(revoke.atOnce))
    mistakes.push('auth.revoke.atOnce: must be a whole number above 0');
  if (revoke.by === 'discovery') return mistakes;
  if (revoke.token === 'refresh' && refresh.policy === 'none')
    mistakes.push('auth.revoke.token: there is no refresh token to give back');
  const isSent = revoke.tokenIn !== undefined || revoke.authentication === 'bearer';
  if (revoke.token === 'none' ? isSent : !isSent)
    mistakes.push(
      'auth.revoke.tokenIn: must say where the token goes, unless it is the bearer or there is none',
    );
  if (revoke.authentication === 'bearer' && revoke.tokenIn !== undefined)
    mistakes.push('auth.revoke.tokenIn: the token is the bearer already');
  return mistakes;
}

/** Calls anywhere in a definition whose way to authenticate lacks what it needs. */
function findCallMistakes(definition: NamedDefinition): readonly string[] {
  const { settings = {} } = definition;
  return findCalls({ auth: definition.auth, delivery: definition.delivery }, '').flatMap(([path, call]) => {
    const { authentication, sign, serviceAccount } = call;
    const key = serviceAccount?.keySetting;
    return [
      ...((authentication === 'hook') === (sign !== undefined)
        ? []
        : [`${path}: "hook" authentication and a sign function belong together`]),
      ...((authentication === 'service-account') === (serviceAccount !== undefined)
        ? []
        : [`${path}: "service-account" authentication and serviceAccount belong together`]),
      ...(key === undefined || Object.hasOwn(settings, key)
        ? []
        : [`${path}.serviceAccount.keySetting: "${key}" is not a setting`]),
    ];
  });
}

function findCalls(value: unknown, path: string): readonly (readonly [string, ApiCall])[] {
  if (typeof value !== 'object' || value === null) return [];
  const isCall = 'url' in value && 'method' in value && 'authentication' in value;
  return [
    ...(isCall ? [[path, value as ApiCall] as const] : []),
    ...Object.entries(value).flatMap(([name, part]) =>
      findCalls(part, path === '' ? name : `${path}.${name}`),
    ),
  ];
}
