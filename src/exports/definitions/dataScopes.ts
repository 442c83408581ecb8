import { DataScopesRow } from '../../contract/exportedRow.ts';
import { defineExport } from '../shape/defineExport.ts';

/**
 * Data Scopes: every account at a device manufacturer with the scopes that are granted now (specification,
 * "Data Scopes Export Format"). Status is the outcome of the last finished fetch; an account whose first fetch
 * has not finished is a row with empty Status and LastRefreshDate, because leaving it out would hide a consent. Left
 * out are participants whom the study has excluded from exports (test participants).
 */
export const definition = defineExport({
  name: 'data-scopes',
  fileStem: 'DataScopes',
  title: 'Data Scopes',
  summary: 'Export the data scopes of all device accounts',
  contents: 'every device account with the scopes granted now',
  layout: 'Header and rows as in the specification.',
  row: DataScopesRow,
  selectColumns: (projectID) => `
    select account.account_id as "ExternalAccountID",
           account.participant_id as "ParticipantID",
           participant.participant_identifier as "ParticipantIdentifier",
           ${status} as "Status",
           ${date('account.last_fetch_at')} #>> '{}' as "LastRefreshDate",
           provider.provider_id as "ProviderID",
           provider.name as "ProviderName",
           provider.category as "ProviderCategory",
           ${date('account.connected_at')} #>> '{}' as "ConnectionDate",
           account.provider_user_id as "ProviderUserID",
           ${scopes} as "DataScopes"
      ${source(projectID)}`,
  selectDocuments: (projectID) => `
    select '{"ExternalAccountID":' || account.account_id
        || ',"ParticipantID":"' || account.participant_id
        || '","ParticipantIdentifier":' || to_json(participant.participant_identifier)::text
        || ',"Status":' || coalesce('"' || ${status} || '"', 'null')
        || ',"LastRefreshDate":' || coalesce(${date('account.last_fetch_at')}::text, 'null')
        || ',"Provider":{"ID":' || provider.provider_id
        || ',"Name":' || to_json(provider.name)::text
        || ',"Category":"' || provider.category
        || '"},"ConnectionDate":' || ${date('account.connected_at')}::text
        || ',"ProviderUserID":' || coalesce(to_json(account.provider_user_id)::text, 'null')
        || ',"DataScopes":' || coalesce(to_json(${scopes})::text, 'null')
        || '}' as document
      ${source(projectID)}`,
});

const status = `case account.settled_status
  when 'unauthorized' then 'Unauthorized' when 'error' then 'Error' when 'fetchComplete' then 'FetchComplete' end`;

/** The provider's own separator; no scope at all is an empty value, so that a file read back is the same file. */
const scopes = `nullif(array_to_string(period.scopes, provider.scope_separator), '')`;

/** As a JSON string: whole seconds, UTC, no zone; `to_json` writes the T that a plain cast lacks. */
function date(column: string): string {
  return `to_json(date_trunc('second', ${column} at time zone 'UTC'))`;
}

function source(projectID: string): string {
  return `
      from external_accounts account
      join participants participant
        on participant.project_id = account.project_id and participant.participant_id = account.participant_id
      join providers provider on provider.provider_id = account.provider_id
      left join scope_periods period on period.account_id = account.account_id and period.ended_at is null
     where account.project_id = '${projectID}' and account.category = 'Device Manufacturer'
       and not participant.excluded_from_export
     order by account.account_id`;
}
