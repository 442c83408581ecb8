import { Type } from 'typebox';

/** What a participant token can allow, under the platform's names. */
export type ParticipantScope = keyof typeof grantingNames;

/**
 * The names that allow each of them. The platform's starter kit asks for `ExternalAccounts:connect` where it connects,
 * refreshes and deletes, and for the settings and the study by names of their own; an earlier release of ours knew
 * `ExternalAccounts:write`, and let the other two be read with what was there.
 */
const grantingNames = {
  'ExternalAccounts:read': ['ExternalAccounts:read'],
  'ExternalAccounts:connect': ['ExternalAccounts:connect', 'ExternalAccounts:write'],
  'DataCollectionSettings:read': ['DataCollectionSettings:read', 'ExternalAccounts:read'],
  'Participant:read': ['Participant:read'],
  'Participant:write': ['Participant:write'],
  'Project:read': ['Project:read', 'Participant:read'],
  'Notifications:read': ['Notifications:read'],
  'SurveyTasks:read': ['SurveyTasks:read'],
  'DeviceData:read': ['DeviceData:read'],
} as const satisfies Record<string, readonly string[]>;

const known = Object.keys(grantingNames) as readonly ParticipantScope[];

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
    description: `List separated by spaces. ${known.join(', ')} allow what they say, ExternalAccounts:connect also to refresh and to delete; ExternalAccounts:write is another name of it. api, also when scope is absent, allows all of it; others are accepted and allow nothing.`,
    examples: ['ExternalAccounts:connect ExternalAccounts:read Participant:read'],
  }),
)
  .Decode((text): readonly string[] => [...new Set(text.split(' ').filter((scope) => scope !== ''))])
  .Encode((scopes) => scopes.join(' '));

/** What a list of scopes comes to. Letter case counts (RFC 6749 section 3.3); to connect does not include reading. */
export function grantedBy(scopes: readonly string[]): readonly ParticipantScope[] {
  if (scopes.includes(everyScope)) return known;
  return known.filter((scope) => grantingNames[scope].some((name) => scopes.includes(name)));
}
