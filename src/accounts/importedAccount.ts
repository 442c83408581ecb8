import type { ProviderCategory } from '../contract/provider.ts';
import type { SettledStatus } from '../contract/externalAccount.ts';

/** One account on its way in, already validated: from an export file or from the sample generator. */
export interface ImportedAccount {
  /** Line of a CSV file, ordinal of a JSON record: how a mistake found later is named. */
  readonly line: number;
  /** Wanted number; taken when free. */
  readonly accountID: number | null;
  /** Wanted GUID, lower case; taken when free. */
  readonly participantID: string | null;
  readonly participantIdentifier: string;
  /** Outcome of the last finished fetch; null when the first one has not finished. */
  readonly status: SettledStatus | null;
  /** UTC as `YYYY-MM-DDThh:mm:ss[.fraction]`: end of the last finished fetch. */
  readonly lastFetchAt: string | null;
  /** The platform's number; null when the file has none. */
  readonly providerID: number | null;
  readonly providerName: string;
  readonly providerCategory: ProviderCategory;
  /** UTC as `lastFetchAt`. */
  readonly connectedAt: string;
  /** The provider's name for the person; null when the file has none. */
  readonly providerUserID: string | null;
  /** Granted scopes in the provider's order; null when the file has none for this account. */
  readonly dataScopes: readonly string[] | null;
  /**
   * What stood between the scopes; absent when there were not two of them. A provider that the import creates
   * takes it over, so that the next export is the same file.
   */
  readonly scopeSeparator?: ', ' | ' ';
}
