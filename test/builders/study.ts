import { randomUUID } from 'node:crypto';
import type { AccountStatus, SettledStatus } from '../../src/contract/externalAccount.ts';
import type { ProviderCategory } from '../../src/contract/provider.ts';
import { searchWords, sortName } from '../../src/catalogue/searchText.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { plantCanary } from '../harness/plantCanary.ts';

/** Rows of a study, put in directly: the state that a test starts from. */
export interface Study {
  readonly projectID: string;
  addParticipant(identifier?: string, participantID?: string): Promise<string>;
  addProvider(provider: NewProvider): Promise<number>;
  addAccount(account?: NewAccount): Promise<number>;
}

export interface NewProvider {
  readonly id?: number;
  readonly name: string;
  readonly category?: ProviderCategory;
  readonly enabled?: boolean;
  readonly message?: string;
  readonly managingOrganization?: string;
  readonly successorID?: number;
  readonly scopeSeparator?: string;
  readonly endpointUrl?: string;
  readonly definition?: string;
  readonly aliases?: readonly string[];
}

export interface NewAccount {
  readonly id?: number;
  /** A new participant unless given. */
  readonly participantID?: string;
  /** Garmin unless given. */
  readonly providerID?: number;
  readonly status?: AccountStatus;
  readonly settledStatus?: SettledStatus | null;
  readonly lastFetchAt?: string | null;
  readonly lastSuccessAt?: string | null;
  readonly connectedAt?: string;
  readonly providerUserID?: string | null;
  readonly scopes?: readonly string[];
  /** Connected here, so that it can be fetched; otherwise as an import brings it. What is sealed opens with no key. */
  readonly hasGrant?: boolean;
}

async function addGrant(database: Database, accountID: number): Promise<void> {
  const sealed = Buffer.from('sealed');
  await database.query(sql`
    insert into sealing_keys (key_id, canary, created_at) values ('test', ${sealed}, now()) on conflict do nothing`);
  await database.query(sql`
    insert into grants (account_id, generation, version, key_id, wrapped_key, access_token)
    values (${accountID}, 1, 1, 'test', ${sealed}, ${sealed})`);
}

/** As an import of directories does it. */
async function makeFindable(database: Database, providerID: number, provider: NewProvider): Promise<void> {
  const words = searchWords(provider.name, ...(provider.aliases ?? []));
  await database.query(sql`
    insert into provider_search (provider_id, category, sort_name, words)
    values (${providerID}, ${provider.category ?? 'Provider'}, ${sortName(provider.name)}, ${words.toSorted()}::text[])`);
  await database.query(sql`insert into search_words select unnest(${words}::text[]) on conflict do nothing`);
  await database.query(sql`update catalogue_version set version = version + 1`);
}

let count = 0;

export async function createStudy(database: Database, projectID: string = randomUUID()): Promise<Study> {
  await database.query(
    sql`insert into projects (project_id, name) values (${projectID}, ${`Study ${projectID}`})`,
  );
  const addParticipant = async (identifier = `P-${++count}`, participantID: string = randomUUID()) => {
    await database.query(sql`
      insert into participants (project_id, participant_id, participant_identifier)
      values (${projectID}, ${participantID}, ${identifier})`);
    return plantCanary('participant', participantID);
  };
  return {
    projectID,
    addParticipant,
    addProvider: async (provider) => {
      if (provider.endpointUrl !== undefined)
        await database.query(
          sql`insert into endpoints (base_url) values (${provider.endpointUrl}) on conflict do nothing`,
        );
      const [row] = await database.query<{ provider_id: number }>(sql`
        insert into providers (provider_id, name, category, enabled, message, managing_organization, successor_id,
                               scope_separator, endpoint_id, definition, aliases, source)
        values (coalesce(${provider.id ?? null}::integer, nextval('provider_numbers')), ${provider.name},
                ${provider.category ?? 'Provider'}, ${provider.enabled ?? true}, ${provider.message ?? null},
                ${provider.managingOrganization ?? null}, ${provider.successorID ?? null},
                ${provider.scopeSeparator ?? ' '}, (select endpoint_id from endpoints where base_url = ${provider.endpointUrl ?? null}),
                ${provider.definition ?? null}, ${provider.aliases ?? []}::text[], 'test')
        returning provider_id`);
      if (provider.definition !== undefined) await makeFindable(database, row!.provider_id, provider);
      return row!.provider_id;
    },
    addAccount: async (account = {}) => {
      const status = account.status ?? 'fetchComplete';
      const settled = account.settledStatus ?? (status === 'fetchingData' ? null : status);
      const lastFetchAt =
        account.lastFetchAt === undefined
          ? settled === null
            ? null
            : '2026-05-04T03:02:01.5Z'
          : account.lastFetchAt;
      const lastSuccessAt =
        account.lastSuccessAt === undefined
          ? settled === 'fetchComplete'
            ? lastFetchAt
            : null
          : account.lastSuccessAt;
      const participantID = account.participantID ?? (await addParticipant());
      const providerID = account.providerID ?? 6327;
      const connectedAt = account.connectedAt ?? '2026-01-01T00:00:00Z';
      const [row] = await database.query<{ account_id: number }>(sql`
        insert into external_accounts (account_id, project_id, participant_id, provider_id, category, status,
                                       settled_status, last_fetch_at, last_success_at, connected_at, provider_user_id)
        select coalesce(${account.id ?? null}::integer, nextval('external_account_numbers')), ${projectID}, ${participantID},
               ${providerID}, category, ${status}, ${settled}, ${lastFetchAt}, ${lastSuccessAt}, ${connectedAt},
               ${account.providerUserID === undefined ? `user-${++count}` : account.providerUserID}
          from providers where provider_id = ${providerID}
        returning account_id`);
      const accountID = row!.account_id;
      if (account.scopes !== undefined)
        await database.query(sql`
          insert into scope_periods (account_id, project_id, participant_id, provider_id, scopes, began_at)
          values (${accountID}, ${projectID}, ${participantID}, ${providerID}, ${account.scopes}::text[], ${connectedAt})`);
      if (account.hasGrant === true) await addGrant(database, accountID);
      return accountID;
    },
  };
}
