import { dataScopesColumns } from '../../src/contract/exportedRow.ts';
import type { ImportedAccount } from '../../src/accounts/importedAccount.ts';

/** A row of a file as text, by column; null where there is nothing. */
export type FileRow = Readonly<Record<(typeof dataScopesColumns)[number], string | null>>;

const statusNames = { unauthorized: 'Unauthorized', error: 'Error', fetchComplete: 'FetchComplete' };

/** An account as the export writes it. */
export function toFileRow(account: ImportedAccount): FileRow {
  const { accountID, status, providerID, dataScopes } = account;
  return {
    ExternalAccountID: accountID === null ? null : String(accountID),
    ParticipantID: account.participantID,
    ParticipantIdentifier: account.participantIdentifier,
    Status: status === null ? null : statusNames[status],
    LastRefreshDate: account.lastFetchAt,
    ProviderID: providerID === null ? null : String(providerID),
    ProviderName: account.providerName,
    ProviderCategory: account.providerCategory,
    ConnectionDate: account.connectedAt,
    ProviderUserID: account.providerUserID,
    DataScopes: dataScopes === null ? null : dataScopes.join(account.scopeSeparator ?? ' '),
  };
}

/** RFC 4180, written on its own so that reader and writer cannot be wrong together. */
export function writeCsv(
  rows: readonly FileRow[],
  layout: { columns?: readonly (keyof FileRow)[]; newline?: string; quoteAll?: boolean } = {},
): string {
  const { columns = dataScopesColumns, newline = '\n', quoteAll = false } = layout;
  const quote = (text: string) =>
    quoteAll || /[",\r\n]/.test(text) ? `"${text.split('"').join('""')}"` : text;
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    .map((cells) => cells.map(quote).join(',') + newline)
    .join('');
}

/** The record of the specification's JSON sample, nested. */
export function toRecord(row: FileRow) {
  const { ProviderID, ProviderName, ProviderCategory, ExternalAccountID, ...rest } = row;
  return {
    ExternalAccountID: ExternalAccountID === null ? null : Number(ExternalAccountID),
    Provider: {
      ID: ProviderID === null ? null : Number(ProviderID),
      Name: ProviderName,
      Category: ProviderCategory,
    },
    ...rest,
  };
}
