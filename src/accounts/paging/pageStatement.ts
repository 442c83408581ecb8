import type { PreparedStatement } from '../../platform/storage/database.ts';
import { accountStatuses } from '../../contract/externalAccount.ts';
import { pageSizeMax } from '../../contract/page.ts';
import { offerJoins, offerMembers } from '../../catalogue/offerFacts.ts';
import { providerCategories } from '../../contract/provider.ts';
import type { AccountFilters } from '../accountFilters.ts';

/** A page's statement with its values; one row of (documents, number found, last id, facts of its providers). */
export interface PageStatement extends PreparedStatement {
  readonly values: readonly unknown[];
}

/**
 * The statement of one page: finished JSON documents joined by commas, built by the database because mapping
 * rows in JavaScript costs three to six times the CPU (`docs/decisions/0004-paging.md`).
 *
 * Each shape walks an index that ends in the order of the pages, one walk per value of its lists, and stops
 * after 101 entries: a page costs the same wherever it lies and however rare its rows are.
 */
export function pageStatement(
  projectID: string,
  filters: AccountFilters,
  afterAccountID: number,
  limit: number,
): PageStatement {
  const shape = chooseShape(filters);
  return {
    name: `external-accounts-page-${shape}`,
    text: pageTexts[shape],
    values: [projectID, afterAccountID, limit, ...shapes[shape].values(filters)],
  };
}

/**
 * What each walk reads: the largest page and one more. A constant although `limit` may be less: for a limit that
 * it does not know PostgreSQL expects a tenth of the table, and then plans anew for every page, which takes as
 * long as the page.
 */
const foundMax = pageSizeMax + 1;

type ShapeName = 'all' | 'category-status' | 'provider' | 'participant-id' | 'participant-identifier';

/** $1 project, $2 id of the account before the page, $3 limit, from $4 on the filters. */
const shapes: Record<
  ShapeName,
  { readonly ids: string; readonly values: (filters: AccountFilters) => unknown[] }
> = {
  all: {
    ids: `select account_id from external_accounts
           where project_id = $1 and account_id > $2 order by account_id limit ${foundMax}`,
    values: () => [],
  },
  'category-status': {
    ids: `select walk.account_id
            from unnest($4::provider_category[]) wanted_category, unnest($5::account_status[]) wanted_status,
                 lateral (select account_id from external_accounts
                           where project_id = $1 and category = wanted_category and status = wanted_status
                             and account_id > $2
                           order by account_id limit ${foundMax}) walk
           order by walk.account_id limit ${foundMax}`,
    values: (filters) => [
      filters.providerCategories ?? providerCategories,
      filters.statuses ?? accountStatuses,
    ],
  },
  provider: {
    ids: `select walk.account_id
            from (select provider_id from providers
                   where (cardinality($4::integer[]) = 0 or provider_id = any ($4))
                     and (cardinality($5::text[]) = 0 or name = any ($5))
                     and category = any ($6::provider_category[])) wanted,
                 unnest($7::account_status[]) wanted_status,
                 lateral (select account_id from external_accounts
                           where project_id = $1 and provider_id = wanted.provider_id and status = wanted_status
                             and account_id > $2
                           order by account_id limit ${foundMax}) walk
           order by walk.account_id limit ${foundMax}`,
    values: (filters) => [
      filters.providerIDs ?? [],
      filters.providerNames ?? [],
      filters.providerCategories ?? providerCategories,
      filters.statuses ?? accountStatuses,
    ],
  },
  'participant-id': {
    ids: idsOfParticipant('participant_id = $4::uuid and ($5::text is null or participant_identifier = $5)'),
    values: (filters) => [
      filters.participantID,
      filters.participantIdentifier ?? null,
      ...valuesForParticipant(filters),
    ],
  },
  'participant-identifier': {
    ids: idsOfParticipant('participant_identifier = $5 and $4::uuid is null'),
    values: (filters) => [null, filters.participantIdentifier, ...valuesForParticipant(filters)],
  },
};

/** A person has a handful of accounts: all of hers are read and the rest of the filters applied to them. */
function idsOfParticipant(condition: string): string {
  return `select account.account_id
            from external_accounts account
            join providers provider using (provider_id)
           where account.project_id = $1 and account.account_id > $2
             and account.participant_id = (
               select participant_id from participants where project_id = $1 and ${condition})
             and (cardinality($6::integer[]) = 0 or account.provider_id = any ($6))
             and (cardinality($7::text[]) = 0 or provider.name = any ($7))
             and account.category = any ($8::provider_category[])
             and account.status = any ($9::account_status[])
           order by account.account_id limit ${foundMax}`;
}

function valuesForParticipant(filters: AccountFilters): unknown[] {
  return [
    filters.providerIDs ?? [],
    filters.providerNames ?? [],
    filters.providerCategories ?? providerCategories,
    filters.statuses ?? accountStatuses,
  ];
}

function chooseShape(filters: AccountFilters): ShapeName {
  if (filters.participantID !== undefined) return 'participant-id';
  if (filters.participantIdentifier !== undefined) return 'participant-identifier';
  if (filters.providerIDs !== undefined || filters.providerNames !== undefined) return 'provider';
  if (filters.providerCategories !== undefined || filters.statuses !== undefined) return 'category-status';
  return 'all';
}

/**
 * The external account object of the specification as JSON text; fields that do not apply are left out.
 * `to_json` of a timestamp without zone writes exactly the contract's form: fraction only as long as needed.
 * `contract/externalAccount.ts` is the same shape as a schema, and every answer in the tests is held against it.
 *
 * In place of the provider stand its number and the name of another provider on the same endpoint that the
 * participant has connected, between two characters that JSON never holds: what the provider looks like is for the
 * catalogue to say, once for each on the page.
 */
const accountDocument = `
  '{"id":' || account.account_id
  || ',"participantID":"' || account.participant_id
  || '","participantIdentifier":' || to_json(participant.participant_identifier)::text
  || ',"status":"' || account.status
  || '","provider":' || chr(1) || account.provider_id || coalesce(' ' || (
       select to_json(min(other.name))::text from external_accounts beside
         join providers other on other.provider_id = beside.provider_id
        where provider.endpoint_id is not null
          and beside.participant_id = account.participant_id and beside.account_id <> account.account_id
          and other.endpoint_id = provider.endpoint_id), '') || chr(1)
  || coalesce(',"lastRefreshDate":' || to_json(account.last_success_at at time zone 'UTC')::text, '')
  || ',"connectionDate":' || to_json(account.connected_at at time zone 'UTC')::text
  || coalesce(',"providerUserID":' || to_json(account.provider_user_id)::text, '')
  || case when account.category = 'Device Manufacturer'
       then coalesce(',"dataScopes":' || to_json(array_to_string(period.scopes, ' '))::text, '') else '' end
  || '}'`;

/** Divides the documents of a page into text and, in every second place, what stands for a provider. */
export const providerMark = '\u0001';

const pageTexts = Object.fromEntries(
  Object.entries(shapes).map(([name, { ids }]) => [
    name,
    `with found as materialized (${ids}),
     page as materialized (
       select account.*
         from (select account_id from found order by account_id limit $3) first_ones
         join external_accounts account using (account_id))
     select string_agg(document, ',' order by account_id), (select count(*)::integer from found), max(account_id),
            (select json_agg(json_build_object(${offerMembers}))
               from (select distinct provider_id from page) used
               join providers p using (provider_id)
               ${offerJoins('$1')})
       from (select account.account_id, ${accountDocument} as document
               from page account
               join participants participant
                 on participant.project_id = account.project_id and participant.participant_id = account.participant_id
               join providers provider on provider.provider_id = account.provider_id
               left join scope_periods period
                 on period.account_id = account.account_id and period.ended_at is null) documents`,
  ]),
) as Record<ShapeName, string>;
