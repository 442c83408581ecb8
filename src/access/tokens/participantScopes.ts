/** What a participant token can allow. */
export type ParticipantScope = 'ExternalAccounts:read' | 'ExternalAccounts:write' | 'Participant:read';

const known: readonly ParticipantScope[] = [
  'ExternalAccounts:read',
  'ExternalAccounts:write',
  'Participant:read',
];

/** The scope that stands for all others, and for none named. */
export const everything = 'api';

/** The characters of a scope (RFC 6749 section 3.3). */
const scopeForm = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const textLengthMax = 4_096;

/**
 * The scopes of a space-separated list, each once, in the order given; `api` where there is no list, as for a
 * service account's token. Undefined when the text is no list of scopes, or longer than 4,096 characters.
 *
 * Scopes that mean nothing here stay in: clients written for the platform ask for more than external accounts.
 */
export function parseScopes(text: string | undefined): string[] | undefined {
  if (text === undefined) return [everything];
  if (text.length > textLengthMax) return undefined;
  const scopes = [...new Set(text.split(' ').filter((scope) => scope !== ''))];
  return scopes.length > 0 && scopes.every((scope) => scopeForm.test(scope)) ? scopes : undefined;
}

/** What a list of scopes comes to. Letter case counts (RFC 6749 section 3.3); `write` does not include `read`. */
export function grantedBy(scopes: readonly string[]): readonly ParticipantScope[] {
  return scopes.includes(everything) ? known : known.filter((scope) => scopes.includes(scope));
}
