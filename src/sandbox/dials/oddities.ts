import type { PlayedGrant } from '../authorization/grantStore.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';

/** `expires_in` as it is told; undefined leaves it out. */
export function tellLifetime(provider: PlayedProvider, seconds: number | undefined): unknown {
  const { expiresIn } = provider.dials();
  if (typeof expiresIn === 'object') return expiresIn.send;
  switch (expiresIn) {
    case undefined:
      return seconds;
    case 'missing':
      return undefined;
    case 'text':
      return `${seconds ?? 3_600}`;
    case 'decimal':
      return (seconds ?? 3_600) + 0.5;
    case 'zero':
      return 0;
    case 'negative':
      return -1;
    // `huge`
    default:
      return 1e12;
  }
}

/** A member of an answer; one without a value is left out. */
export type AnswerMember = readonly [path: string, value: unknown];

/** What was granted, where the definition reads it from the token answer. */
export function tellScopes(provider: PlayedProvider, grant: PlayedGrant): readonly AnswerMember[] {
  const { grantedScopes } = provider.auth;
  const always: AnswerMember = ['scope', provider.quirk.tokenScope];
  if (grantedScopes.from !== 'token-answer') return [always];
  return [always, [grantedScopes.field ?? 'scope', writeScopes(provider, grant.scopes)]];
}

/** A list of granted scopes as this vendor writes it. */
export function writeScopes(provider: PlayedProvider, scopes: readonly string[]): unknown {
  const { scopes: oddity } = provider.dials();
  const { grantedScopes, scopeSeparator } = provider.auth;
  if (typeof oddity === 'object') return oddity.send;
  const prefix = grantedScopes.stripPrefix ?? '';
  // Foreign ones of the same login, which are not ours. Google.
  const foreign = grantedScopes.keepPrefix === undefined ? [] : ['openid'];
  const names = [...scopes.map((name) => `${prefix}${name}`), ...foreign];
  switch (oddity) {
    case undefined:
      return names.join(scopeSeparator);
    case 'missing':
      return undefined;
    case 'empty':
      return '';
    case 'array':
      return names;
    case 'other-separator':
      return names.join(scopeSeparator === ' ' ? ',' : ' ');
    case 'duplicates':
      return [...names, ...names].join(scopeSeparator);
    case 'long':
      return [
        ...names,
        ...Array.from({ length: 1_000 }, (_, index) => `${'x'.repeat(35)}${index + 1_000}`),
      ].join(scopeSeparator);
    case 'unicode':
      return [...names, 'größe:lesen', '睡眠', '😴'].join(scopeSeparator);
    case 'also-named':
      return names.map((name) => otherName(provider, name)).join(scopeSeparator);
    // `other-version`
    default:
      return names.map(otherVersion).join(scopeSeparator);
  }
}

function otherName({ auth }: PlayedProvider, name: string): string {
  return auth.scopes.find((scope) => scope.name === name)?.alsoNamed?.[0] ?? name;
}

/** SMART scopes of version 1 as those of version 2, and the other way round. */
function otherVersion(name: string): string {
  return name.endsWith('.read') ? name.replace(/\.read$/, '.rs') : name.replace(/\.rs$/, '.read');
}

/** The person's name as it is told; undefined leaves it out. */
export function tellUserID(provider: PlayedProvider, { person, refreshes }: PlayedGrant): unknown {
  const { userID } = person;
  const { userID: oddity } = provider.dials();
  if (typeof oddity === 'object') return oddity.send;
  switch (oddity) {
    case undefined:
      return writeUserID(userID);
    case 'missing':
      return undefined;
    case 'number':
      return Number(userID.replaceAll(/\D/g, '') || '7');
    case 'text':
      return userID;
    // `changes-on-refresh`
    default:
      return writeUserID(refreshes === 0 ? userID : otherThan(provider, userID));
  }
}

/** As a number where it is one and no digit is lost. */
function writeUserID(userID: string): string | number {
  return /^[1-9]\d{0,14}$/.test(userID) ? Number(userID) : userID;
}

function otherThan({ people }: PlayedProvider, userID: string): string {
  return people.find((person) => person.userID !== userID)?.userID ?? userID;
}
