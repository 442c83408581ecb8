import { sql, type Transaction } from '../../platform/storage/database.ts';
import type { ImportedAccount } from '../importedAccount.ts';

/** Rows between two calls of `onProgress`. */
const rowsPerReport = 10_000;
const chunkCharacters = 64 * 1024;

/**
 * Puts all accounts into the temporary table `import_rows`, as they come; gives their number. The table is gone
 * at the end of the transaction.
 *
 * One COPY with back-pressure: whatever the number of accounts, about a hundred of them are in memory.
 */
export async function stageAccounts(
  transaction: Transaction,
  accounts: AsyncIterable<ImportedAccount>,
  onProgress: (rows: number) => void,
): Promise<number> {
  await transaction.query(sql`
    create temporary table import_rows (
      line integer not null,
      account_id integer,
      participant_id uuid,
      participant_identifier text not null,
      settled_status account_status,
      last_fetch_at timestamptz,
      -- 0 where the file has none, so that it can be joined on.
      provider_id integer not null,
      provider_name text not null,
      category provider_category not null,
      scope_separator text not null,
      connected_at timestamptz not null,
      provider_user_id text,
      scopes text[]
    ) on commit drop`);
  const rows = await transaction.copyIn('copy import_rows from stdin', renderRows(accounts, onProgress));
  // Planned without it, the statements that follow would take a million rows for a few.
  await transaction.query(sql`analyze import_rows`);
  return rows;
}

async function* renderRows(
  accounts: AsyncIterable<ImportedAccount>,
  onProgress: (rows: number) => void,
): AsyncGenerator<Buffer> {
  let chunk = '';
  let rows = 0;
  for await (const account of accounts) {
    chunk += renderRow(account);
    if (++rows % rowsPerReport === 0) onProgress(rows);
    if (chunk.length < chunkCharacters) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk !== '') yield Buffer.from(chunk);
  onProgress(rows);
}

/** One line of COPY's text format; only free text can need escapes. Instants are UTC. */
function renderRow(account: ImportedAccount): string {
  const { accountID, participantID, status, lastFetchAt, providerUserID, dataScopes } = account;
  return `${account.line}\t${accountID ?? '\\N'}\t${participantID ?? '\\N'}\t${escape(account.participantIdentifier)}\t${
    status ?? '\\N'
  }\t${lastFetchAt === null ? '\\N' : `${lastFetchAt}Z`}\t${account.providerID ?? 0}\t${escape(account.providerName)}\t${
    account.providerCategory
  }\t${account.scopeSeparator ?? ' '}\t${account.connectedAt}Z\t${
    providerUserID === null ? '\\N' : escape(providerUserID)
  }\t${dataScopes === null ? '\\N' : escape(renderArray(dataScopes))}\n`;
}

function escape(text: string): string {
  return /[\\\t\n\r]/.test(text)
    ? text.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character] ?? '')
    : text;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** An array literal; every element is quoted, since a bare NULL would be one. */
function renderArray(elements: readonly string[]): string {
  const joined = elements.join('","');
  if (!joined.includes('\\') && elements.every((element) => !element.includes('"'))) return `{"${joined}"}`;
  return `{${elements.map((element) => `"${element.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}
