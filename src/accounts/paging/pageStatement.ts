import type { PreparedStatement } from '../../platform/storage/database.ts';
import { accountStatuses } from '../../contract/externalAccount.ts';
import { providerCategories } from '../../contract/provider.ts';
import type { AccountFilters } from '../accountFilters.ts';

/** A page's statement with its values; its one row is a {@link PageRow}. */
export interface PageStatement extends PreparedStatement {
  readonly values: readonly unknown[];
}

/** What a page's statement answers. */
export type PageRow = readonly [
  /** Finished JSON documents joined by commas, except for what stands between two {@link providerMark}s. */
  documents: string | null,
  /** Accounts found, one more than the page holds at the most. */
  found: number,
  lastID: number | null,
  /** Number of the last change of a provider. */
  providerChanges: string,
  /** What the study has chosen; null: everything. */
  chosen: { readonly categories: readonly string[]; readonly othersAllowed: boolean } | null,
  /** What it has said about single providers of the page. */
  rules: readonly (readonly [providerID: number, allowed: boolean, message: string | null])[] | null,
];

/**
 * The statement of one page. Its documents are built by the database, because mapping rows in JavaScript costs three
 * to six times the CPU; providers are put in by the process, which knows them (`docs/decisions/0004-paging.md`).
 *
 * Nothing in it is left to statistics: what reads many rows are functions that can only use the indexes made for
 * them (`docs/decisions/0017-plans.md`).
 */
export function pageStatement(
  projectID: string,
  filters: AccountFilters,
  afterAccountID: number,
  limit: number,
): PageStatement {
  const values: unknown[] = [projectID, afterAccountID, limit];
  const put: Put = (value, type) => `$${values.push(value)}::${type}`;
  const ids = idsOfFilters(filters, put);
  return { name: `external-accounts-page-${nameShape(filters)}`, text: pageText(ids), values };
}

/** Takes a value and gives the SQL that stands for it. */
type Put = (value: unknown, type: string) => string;

/** SQL: rows of one `account_id`, each account once, in any order: all that could be on the page and one more. */
function idsOfFilters(filters: AccountFilters, put: Put): string {
  const { participantID, participantIdentifier, providerIDs, providerNames } = filters;
  if (participantID !== undefined || participantIdentifier !== undefined)
    return idsOfParticipant(filters, put);
  const statuses = () => put(filters.statuses ?? accountStatuses, 'account_status[]');
  if (providerIDs !== undefined || providerNames !== undefined) {
    const wanted = wantedProviders(filters, put);
    return `next_accounts_at_providers($1, $2, $3 + 1, array(${wanted}), ${statuses()}) as walk (account_id)`;
  }
  if (filters.providerCategories === undefined && filters.statuses === undefined)
    return 'next_accounts($1, $2, $3 + 1) as walk (account_id)';
  const categories = put(filters.providerCategories ?? providerCategories, 'provider_category[]');
  return `next_accounts_of_categories($1, $2, $3 + 1, ${categories}, ${statuses()}) as walk (account_id)`;
}

/** SQL: the numbers of the providers that the filters name. Names become numbers before any account is looked at. */
function wantedProviders(filters: AccountFilters, put: Put): string {
  const { providerIDs, providerNames, providerCategories: categories } = filters;
  const named = providerNames && numbersOfNames(put(providerNames, 'text[]'));
  const numbered = providerIDs && `select distinct unnest(${put(providerIDs, 'integer[]')}) as provider_id`;
  const both = [numbered, named].filter((part) => part !== undefined).join(' intersect ');
  if (categories === undefined) return both;
  return `select asked.provider_id from (${both}) asked
            cross join lateral (select from providers p
                                 where p.provider_id = asked.provider_id
                                   and p.category = any (${put(categories, 'provider_category[]')}) limit 1) fits`;
}

function numbersOfNames(names: string): string {
  return `select found.provider_id from (select distinct unnest(${names}) as name) wanted
            cross join lateral (select p.provider_id from providers p where p.name = wanted.name offset 0) found`;
}

/** A person has a handful of accounts: all of hers are read and the rest of the filters applied to them. */
function idsOfParticipant(filters: AccountFilters, put: Put): string {
  const { participantID, participantIdentifier: identifier, providerIDs, providerNames } = filters;
  const person = [
    ...(participantID === undefined ? [] : [`participant_id = ${put(participantID, 'uuid')}`]),
    ...(identifier === undefined ? [] : [`participant_identifier = ${put(identifier, 'text')}`]),
  ];
  const hasProviders = providerIDs !== undefined || providerNames !== undefined;
  const atProviders = hasProviders ? `and provider_id in (${wantedProviders(filters, put)})` : '';
  return `(with hers as materialized (
             select * from external_accounts
              where participant_id = (
                select participant_id from participants where project_id = $1 and ${person.join(' and ')}))
           select account_id from hers
            where account_id > $2 ${atProviders}
              and category = any (${put(filters.providerCategories ?? providerCategories, 'provider_category[]')})
              and status = any (${put(filters.statuses ?? accountStatuses, 'account_status[]')})) as walk`;
}

/** Statements of one text have one name, and no others. */
function nameShape(filters: AccountFilters): string {
  const names = Object.keys(filters).sort();
  const isOf = (name: string) => names.includes(name);
  if (isOf('participantID') || isOf('participantIdentifier') || isOf('providerIDs') || isOf('providerNames'))
    return names.filter((name) => name !== 'statuses').join('-');
  return names.length === 0 ? 'all' : 'categories-statuses';
}

/**
 * The external account object of the specification as JSON text; fields that do not apply are left out.
 * `to_json` of a timestamp without zone writes exactly the contract's form: fraction only as long as needed.
 * `contract/externalAccount.ts` is the same shape as a schema, and every answer in the tests is held against it.
 *
 * In place of the provider stand its number and those of others in the same realm that the participant has connected,
 * between two characters that JSON never holds.
 */
const accountDocument = `
  '{"id":' || account.account_id
  || ',"participantID":"' || account.participant_id
  || '","participantIdentifier":' || to_json(account.participant_identifier)::text
  || ',"status":"' || account.status
  || '","provider":' || chr(1) || account.provider_id || coalesce(account.beside, '') || chr(1)
  || coalesce(',"lastRefreshDate":' || to_json(account.last_success_at at time zone 'UTC')::text, '')
  || ',"connectionDate":' || to_json(account.connected_at at time zone 'UTC')::text
  || coalesce(',"providerUserID":' || to_json(account.provider_user_id)::text, '')
  || coalesce(',"dataScopes":' || to_json(array_to_string(account.scopes, ' '))::text, '')
  || '}'`;

/** Divides the documents of a page into text and, in every second place, what stands for a provider. */
export const providerMark = '\u0001';

/** `limit 1` and `offset 0` keep a look-up a look-up: PostgreSQL does not turn it into a join of whole tables. */
function pageText(ids: string): string {
  return `
    with found as materialized (select account_id from ${ids} order by account_id limit $3 + 1),
     page as materialized (
       select * from accounts_on_page($1, array(select account_id from found order by account_id limit $3)))
    select string_agg(${accountDocument}, ',' order by account.account_id),
           (select count(*)::integer from found), max(account.account_id), (select number from provider_changes),
           (select json_build_object('categories', categories::text[], 'othersAllowed', others_allowed)
              from project_catalogues where project_id = $1),
           case when exists (select from project_providers where project_id = $1) then (
             select json_agg(json_build_array(rule.provider_id, rule.allowed, rule.message))
               from (select distinct provider_id from page) used
               cross join lateral (select * from project_providers r
                                    where r.project_id = $1 and r.provider_id = used.provider_id limit 1) rule) end
      from page account`;
}
