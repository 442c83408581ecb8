import { Type } from 'typebox';

/** What a participant token can allow. */
export type ParticipantScope = 'ExternalAccounts:read' | 'ExternalAccounts:write' | 'Participant:read';

const known: readonly ParticipantScope[] = [
  'ExternalAccounts:read',
  'ExternalAccounts:write',
  'Participant:read',
];

/** The scope that stands for all others, and for none named. */
export const everyScope = 'api';

/** Characters of a list of scopes. */
export const scopeListLengthMax = 4_096;

/** One scope (RFC 6749 section 3.3). */
const scopeForm = '[\\x21\\x23-\\x5b\\x5d-\\x7e]+';

/**
 * A list of scopes separated by spaces, each once, in the order given.
 *
 * Scopes that mean nothing here stay in: clients written for the platform ask for more than external accounts.
 */
export const scopeList = Type.Codec(
  Type.String({
    maxLength: scopeListLengthMax,
    pattern: `^ *${scopeForm}( +${scopeForm})* *$`,
    description:
      'List separated by spaces. ExternalAccounts:read, ExternalAccounts:write and Participant:read allow what they say; api, also when scope is absent, allows all of it; others are accepted and allow nothing.',
    examples: ['ExternalAccounts:read Participant:read'],
  }),
)
  .Decode((text): readonly string[] => [...new Set(text.split(' ').filter((scope) => scope !== ''))])
  .Encode((scopes) => scopes.join(' '));

/** What a list of scopes comes to. Letter case counts (RFC 6749 section 3.3); `write` does not include `read`. */
export function grantedBy(scopes: readonly string[]): readonly ParticipantScope[] {
  return scopes.includes(everyScope) ? known : known.filter((scope) => scopes.includes(scope));
}
