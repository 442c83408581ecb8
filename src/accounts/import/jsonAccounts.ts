import { excerpt, type BadLines } from '../../platform/intake/badLines.ts';
import { readJson, type JsonRecord } from '../../platform/intake/readJson.ts';
import { isObject } from '../../platform/members/isObject.ts';
import type { ImportedAccount } from '../importedAccount.ts';
import { parseAccount, type AccountCells, type AccountColumn } from './parseAccount.ts';

/** Keys of the record and of its `Provider`, with the CSV column that means the same. */
const keys: Readonly<Record<string, AccountColumn>> = {
  ExternalAccountID: 'ExternalAccountID',
  ParticipantID: 'ParticipantID',
  ParticipantIdentifier: 'ParticipantIdentifier',
  Status: 'Status',
  LastRefreshDate: 'LastRefreshDate',
  ConnectionDate: 'ConnectionDate',
  ProviderUserID: 'ProviderUserID',
  DataScopes: 'DataScopes',
};
const providerKeys: Readonly<Record<string, AccountColumn>> = {
  ID: 'ProviderID',
  Name: 'ProviderName',
  Category: 'ProviderCategory',
};
const numbers: readonly AccountColumn[] = ['ExternalAccountID', 'ProviderID'];

/**
 * The accounts of a JSON export in batches, in the nested layout of the specification's sample: one array, one object a
 * line, or objects one after another. A key that is missing and one that is null mean the same; an unknown key
 * is a mistake of its record.
 */
export async function* readJsonAccounts(
  text: AsyncIterable<string>,
  badLines: BadLines,
): AsyncGenerator<ImportedAccount[]> {
  for await (const records of readJson(text)) {
    const accounts: ImportedAccount[] = [];
    for (const record of records) {
      const account = parseRecord(record, badLines);
      if (account !== undefined) accounts.push(account);
    }
    yield accounts;
  }
}

function parseRecord(
  { number, value, mistake }: JsonRecord,
  badLines: BadLines,
): ImportedAccount | undefined {
  const before = badLines.count;
  if (mistake !== undefined) badLines.add(number, null, mistake);
  else if (!('Provider' in value) && !Object.keys(value).some((key) => Object.hasOwn(keys, key)))
    // Not quoted: keys of something else may be anybody's names.
    badLines.add(number, null, 'this object has none of the keys of an account');
  else {
    const cells = noCells();
    const { Provider: provider = null, ...rest } = value;
    takeCells(number, '', rest, keys, cells, badLines);
    if (isObject(provider)) takeCells(number, 'Provider.', provider, providerKeys, cells, badLines);
    else badLines.add(number, 'Provider', 'must be an object with ID, Name and Category');
    // With a wrong frame the cells would only be complained about again.
    if (badLines.count === before) return parseAccount(number, cells, badLines, jsonName);
  }
  return undefined;
}

function noCells(): Record<AccountColumn, string | null> {
  return {
    ExternalAccountID: null,
    ParticipantID: null,
    ParticipantIdentifier: null,
    Status: null,
    LastRefreshDate: null,
    ProviderID: null,
    ProviderName: null,
    ProviderCategory: null,
    ConnectionDate: null,
    ProviderUserID: null,
    DataScopes: null,
  } satisfies AccountCells;
}

function takeCells(
  number: number,
  path: string,
  object: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, AccountColumn>>,
  cells: Record<AccountColumn, string | null>,
  badLines: BadLines,
): void {
  for (const key of Object.keys(object)) {
    const column = Object.hasOwn(known, key) ? known[key] : undefined;
    const value = object[key];
    if (column === undefined) badLines.add(number, null, `unknown key ${excerpt(path + key)}`);
    else if (value === null) continue;
    else if (typeof value === 'string') cells[column] = value;
    else if (typeof value === 'number' && numbers.includes(column)) cells[column] = String(value);
    else badLines.add(number, path + key, numbers.includes(column) ? 'must be a number' : 'must be text');
  }
}

function jsonName(column: AccountColumn): string {
  return column.startsWith('Provider') && column !== 'ProviderUserID'
    ? `Provider.${column.slice('Provider'.length)}`
    : column;
}
