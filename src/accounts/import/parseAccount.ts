import type { dataScopesColumns } from '../../contract/exportedRow.ts';
import { exportedStatuses } from '../../contract/exportedRow.ts';
import { settledStatuses, type SettledStatus } from '../../contract/externalAccount.ts';
import { providerCategories, type ProviderCategory } from '../../contract/provider.ts';
import { integerIDMax, parseGuid, parseIntegerID } from '../../contract/scalars.ts';
import { excerpt, type BadLines } from '../../platform/intake/badLines.ts';
import { isLonger, judgeText } from '../../platform/intake/judgeText.ts';
import { judgeSign } from '../../platform/intake/signOfNothing.ts';
import type { ImportedAccount } from '../importedAccount.ts';
import { exportInstantForm, parseExportInstant } from './exportInstant.ts';

/** A column of the platform's export, by which a bad line is named. */
export type AccountColumn = (typeof dataScopesColumns)[number];

/** The cells of one account as text; null (or empty) where the file has nothing. */
export type AccountCells = Readonly<Record<AccountColumn, string | null>>;

/**
 * The account that the cells describe, or undefined after every mistake in them was added to `badLines`.
 *
 * The rules are those of the export page and of `contract.md`; reasons quote only cells that identify nobody.
 *
 * @param nameOf how the file at hand calls a column, for the reasons
 */
export function parseAccount(
  line: number,
  cells: AccountCells,
  badLines: BadLines,
  nameOf: (column: AccountColumn) => string = (column) => column,
): ImportedAccount | undefined {
  const before = badLines.count;
  const refuse = (column: AccountColumn, reason: string) => {
    badLines.add(line, nameOf(column), reason);
  };
  const cell = (column: AccountColumn) => {
    const text = cells[column];
    if (text === null || text === '') return null;
    const reason = judgeText(text) ?? judgeSign(text);
    if (reason === undefined) return text;
    refuse(column, reason);
    return undefined;
  };
  const status = parseStatus(cell('Status'), refuse);
  const lastFetchAt = parseInstant('LastRefreshDate', cell('LastRefreshDate'), refuse);
  const account = {
    line,
    accountID: parseNumber('ExternalAccountID', cell('ExternalAccountID'), refuse),
    participantID: parseParticipantID(cell('ParticipantID'), refuse),
    participantIdentifier: requireText('ParticipantIdentifier', cell('ParticipantIdentifier'), 200, refuse),
    status,
    // The outcome of the fetch that the date belongs to is not known while the next one runs.
    lastFetchAt: status === null ? null : lastFetchAt,
    providerID: parseNumber('ProviderID', cell('ProviderID'), refuse),
    providerName: requireText('ProviderName', cell('ProviderName'), 300, refuse),
    providerCategory: parseCategory(cell('ProviderCategory'), refuse),
    connectedAt: parseInstant('ConnectionDate', cell('ConnectionDate'), refuse) ?? '',
    providerUserID: limitText('ProviderUserID', cell('ProviderUserID'), 400, refuse) ?? null,
    ...parseScopeList(cell('DataScopes') ?? null),
  };
  // Said only where nothing else was said about the column.
  if (emptyCell(cells.ConnectionDate)) refuse('ConnectionDate', 'empty, but required');
  if (status === 'fetchComplete' && emptyCell(cells.LastRefreshDate))
    refuse('LastRefreshDate', 'empty, but Status is FetchComplete');
  if (emptyCell(cells.Status) && lastFetchAt !== null)
    refuse('LastRefreshDate', 'there, but Status is empty: an account without an outcome has had no fetch');
  return badLines.count === before ? account : undefined;
}

/** The text of a cell; null when it is empty, undefined when it was refused already. */
type Cell = string | null | undefined;
type Refuse = (column: AccountColumn, reason: string) => void;

function emptyCell(text: string | null): boolean {
  return text === null || text === '';
}

function parseNumber(column: AccountColumn, text: Cell, refuse: Refuse): number | null {
  if (text === null || text === undefined) return null;
  const value = parseIntegerID(text);
  if (value === undefined) refuse(column, `not a whole number from 1 to ${integerIDMax}`);
  return value ?? null;
}

function parseParticipantID(text: Cell, refuse: Refuse): string | null {
  if (text === null || text === undefined) return null;
  const guid = parseGuid(text);
  if (guid === undefined) refuse('ParticipantID', 'not a GUID');
  return guid ?? null;
}

function requireText(column: AccountColumn, text: Cell, charactersMax: number, refuse: Refuse): string {
  if (text === null) refuse(column, 'empty, but required');
  return limitText(column, text, charactersMax, refuse) ?? '';
}

function limitText(column: AccountColumn, text: Cell, charactersMax: number, refuse: Refuse): Cell {
  if (typeof text === 'string' && isLonger(text, charactersMax))
    refuse(column, `longer than ${charactersMax} characters`);
  return text;
}

const statusesByName = new Map<string, SettledStatus | null>([
  // As exports write them, so that only other spellings need a conversion.
  ...settledStatuses.map((status, index): [string, SettledStatus] => [
    exportedStatuses[index] ?? status,
    status,
  ]),
  ...settledStatuses.map((status): [string, SettledStatus] => [status.toLowerCase(), status]),
  // The transient status of the API: its fetch has not finished.
  ['fetchingdata', null],
]);

function parseStatus(text: Cell, refuse: Refuse): SettledStatus | null {
  if (text === null || text === undefined) return null;
  const status = statusesByName.get(text) ?? statusesByName.get(text.toLowerCase());
  if (status === undefined)
    refuse(
      'Status',
      `${excerpt(text)} is none of ${exportedStatuses.join(', ')}, or empty before the first fetch`,
    );
  return status ?? null;
}

function parseInstant(column: AccountColumn, text: Cell, refuse: Refuse): string | null {
  if (text === null || text === undefined) return null;
  const instant = parseExportInstant(text);
  if (instant === undefined) refuse(column, `${excerpt(text)} is not ${exportInstantForm}`);
  return instant ?? null;
}

function parseCategory(text: Cell, refuse: Refuse): ProviderCategory {
  const category = providerCategories.find((known) => known === text);
  if (category !== undefined) return category;
  if (text === null) refuse('ProviderCategory', 'empty, but required');
  else if (text !== undefined)
    refuse('ProviderCategory', `${excerpt(text)} is none of ${providerCategories.join(', ')}`);
  return providerCategories[0];
}

/** The page prints scopes with a comma between them and with a space; files have one or the other. */
function parseScopeList(text: string | null): Pick<ImportedAccount, 'dataScopes' | 'scopeSeparator'> {
  if (text === null) return { dataScopes: null };
  const comma = text.includes(',');
  const scopes = (comma ? text.split(/\s*,\s*/) : text.split(/\s+/)).filter((scope) => scope !== '');
  if (scopes.length === 0) return { dataScopes: null };
  const trimmed = comma ? scopes.map((scope) => scope.trim()) : scopes;
  return scopes.length === 1
    ? { dataScopes: trimmed }
    : { dataScopes: trimmed, scopeSeparator: comma ? ', ' : ' ' };
}
