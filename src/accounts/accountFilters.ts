import { Type } from 'typebox';
import { accountStatuses, type AccountStatus } from '../contract/externalAccount.ts';
import { pageSizeMax } from '../contract/page.ts';
import { providerCategories, type ProviderCategory } from '../contract/provider.ts';
import { Guid, IntegerID } from '../contract/scalars.ts';
import { anyCase, listOf } from '../platform/http/listOf.ts';
import type { FieldsOf } from '../platform/http/readFields.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';

/**
 * The query parameters of the specification, "Query Connected External Accounts".
 *
 * Vocabulary is checked, values are not, and an empty filter is refused (`docs/guides/clients.md`): a filter that is
 * lost on the way would widen what somebody then deletes.
 */
export const accountQueryParameters = Type.Object({
  participantID: Type.Optional({ ...Guid, description: "The participant's internal, stable, unique ID." }),
  participantIdentifier: Type.Optional(
    Type.String({
      minLength: 1,
      description: "The project's unique identifier of the participant; matched exactly.",
    }),
  ),
  providerIDs: Type.Optional(listOf(IntegerID, { description: 'Comma-separated provider IDs.' })),
  providerCategories: Type.Optional(
    listOf(anyCase(providerCategories), {
      description: `Comma-separated, in any letter case: ${providerCategories.join(', ')}.`,
    }),
  ),
  providerNames: Type.Optional(
    listOf(Type.String(), {
      description: 'Comma-separated provider names; write a comma inside a name as `\\,`.',
      exact: true,
    }),
  ),
  externalAccountStatuses: Type.Optional(
    listOf(anyCase(accountStatuses), {
      description: `Comma-separated, in any letter case: ${accountStatuses.join(', ')}.`,
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      default: pageSizeMax,
      description: `Page size; above ${pageSizeMax} means ${pageSizeMax}.`,
    }),
  ),
  nextPageID: Type.Optional({
    ...Guid,
    description: 'From the page before; filters may be sent again or left out.',
  }),
});

/** Which accounts a query is about: OR inside a list, AND across. Lists are sorted and free of repeats. */
export interface AccountFilters {
  readonly participantID?: string;
  readonly participantIdentifier?: string;
  readonly providerIDs?: readonly number[];
  readonly providerCategories?: readonly ProviderCategory[];
  readonly providerNames?: readonly string[];
  readonly statuses?: readonly AccountStatus[];
}

/** What a caller asks of the accounts of a project: which of them, and which page. */
export interface AccountQuery {
  readonly filters: AccountFilters;
  /** Undefined when the caller left it out. */
  readonly limit: number | undefined;
  /** From the page before; undefined begins. */
  readonly nextPageID: string | undefined;
}

/** What the parameters ask for, in the one order that makes equal filters equal. */
export function readAccountQuery(query: FieldsOf<typeof accountQueryParameters>): AccountQuery {
  const { providerIDs, providerCategories: categories, externalAccountStatuses: statuses } = query;
  return {
    filters: omitUndefined({
      participantID: query.participantID,
      participantIdentifier: query.participantIdentifier,
      providerIDs: providerIDs?.toSorted((left, right) => left - right),
      providerCategories: categories && providerCategories.filter((one) => categories.includes(one)),
      providerNames: query.providerNames?.toSorted(),
      statuses: statuses && accountStatuses.filter((one) => statuses.includes(one)),
    }),
    // A wish beyond the maximum is granted as far as it goes.
    limit: query.limit === undefined ? undefined : Math.min(query.limit, pageSizeMax),
    nextPageID: query.nextPageID,
  };
}
