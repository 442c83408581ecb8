import type { FreshGrant } from '../oauth/connection.ts';
import { Secret } from '../platform/config/secret.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { SealedPlace, Vault } from '../platform/sealing/vault.ts';
import { sql, violatedConstraint, type Database, type Transaction } from '../platform/storage/database.ts';

/** Which tokens of which account: those of its n-th consent, as they were after the n-th refresh. */
export interface GrantPlace {
  readonly projectID: string;
  readonly accountID: number;
  readonly generation: number;
  readonly version: number;
}

/** The tokens of a grant in the open: only for as long as a call to the provider needs them. */
export interface Tokens {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
}

/** Tokens as the database holds them. They stay good when they are moved to `revocations` with their place. */
export interface SealedTokens {
  readonly keyID: string;
  readonly wrappedKey: Buffer;
  readonly accessToken: Buffer;
  readonly refreshToken?: Buffer;
}

/** Instants of a grant, in milliseconds since the epoch; left out where nothing is known. */
type GrantInstants = Pick<FreshGrant, 'accessExpiresAt' | 'refreshExpiresAt' | 'grantEndsAt'>;

/** A grant as it is stored with its account. */
export type SealedGrant = SealedTokens & GrantInstants;
type OpenedGrant = Tokens & GrantInstants & Pick<GrantPlace, 'generation' | 'version'>;

/** Seals tokens for a place. Before the transaction that stores them: a key service may be far away. */
export async function sealTokens(vault: Vault, place: GrantPlace, tokens: Tokens): Promise<SealedTokens> {
  const { accessToken, refreshToken } = tokens;
  const { keyID, wrappedKey, fields } = await vault.seal(
    sealedPlace(place),
    omitUndefined({
      accessToken: accessToken.reveal(),
      refreshToken: refreshToken === undefined ? undefined : refreshToken.reveal(),
    }),
  );
  const sealed = requireAccessToken(fields);
  return { keyID, wrappedKey, ...sealed };
}

/** @throws {CannotOpen} for tokens of another place, or that were changed: trouble of ours, not of the participant's */
export async function openTokens(vault: Vault, place: GrantPlace, sealed: SealedTokens): Promise<Tokens> {
  const { keyID, wrappedKey, accessToken, refreshToken } = sealed;
  const fields = await vault.open(sealedPlace(place), {
    keyID,
    wrappedKey,
    fields: omitUndefined({
      accessToken,
      refreshToken,
    }),
  });
  const opened = requireAccessToken(fields);
  return omitUndefined({
    accessToken: new Secret(opened.accessToken),
    refreshToken: opened.refreshToken === undefined ? undefined : new Secret(opened.refreshToken),
  });
}

/** The tokens and instants of a fresh grant, ready for {@link storeGrant}. */
export async function sealGrant(
  vault: Vault,
  place: GrantPlace,
  grant: Tokens & GrantInstants,
): Promise<SealedGrant> {
  return { ...(await sealTokens(vault, place, grant)), ...instantsOf(grant) };
}

/**
 * Stores what was sealed for this place, instead of whatever older grant the account has.
 *
 * @returns false, and nothing is changed, when the account is gone or has another generation, or when its grant is
 *   already of this version or a newer one
 * @throws {Error} when the key was retired since the sealing: see {@link withSealedGrant}
 */
export async function storeGrant(
  transaction: Transaction,
  { projectID, accountID, generation, version }: GrantPlace,
  sealed: SealedGrant,
): Promise<boolean> {
  const stored = await transaction.query(sql`
    insert into grants (account_id, generation, version, key_id, wrapped_key, access_token, refresh_token,
                        access_expires_at, refresh_expires_at, grant_ends_at)
    select account_id, generation, ${version}, ${sealed.keyID}, ${sealed.wrappedKey}, ${sealed.accessToken},
           ${sealed.refreshToken ?? null}, ${instant(sealed.accessExpiresAt)}::timestamptz,
           ${instant(sealed.refreshExpiresAt)}::timestamptz, ${instant(sealed.grantEndsAt)}::timestamptz
      from external_accounts
     where project_id = ${projectID} and account_id = ${accountID} and generation = ${generation}
       for key share
    on conflict (account_id) do update
       set generation = excluded.generation, version = excluded.version, key_id = excluded.key_id,
           wrapped_key = excluded.wrapped_key, access_token = excluded.access_token,
           refresh_token = excluded.refresh_token, access_expires_at = excluded.access_expires_at,
           refresh_expires_at = excluded.refresh_expires_at, grant_ends_at = excluded.grant_ends_at
     where (grants.generation, grants.version) < (excluded.generation, excluded.version)
    returning account_id`);
  return stored.length === 1;
}

/**
 * Seals a grant and does `work`, which stores it in a transaction of its own. When a rotation retired the key in
 * between, which takes a writer that is slower than the rotation, both are done once more under the new key: a grant
 * that the provider gave is not lost to a rotation.
 */
export async function withSealedGrant<Result>(
  vault: Vault,
  { place, grant }: { readonly place: GrantPlace; readonly grant: Tokens & GrantInstants },
  work: (sealed: SealedGrant) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(await sealGrant(vault, place, grant));
  } catch (error) {
    if (violatedConstraint(error) !== 'sealing_key_not_retired') throw error;
    return work(await sealGrant(vault, place, grant));
  }
}

/**
 * The tokens of an account, or undefined when there are none of its present generation.
 *
 * @throws {CannotOpen} as {@link openTokens}
 */
export async function openGrant(
  database: Database,
  vault: Vault,
  { projectID, accountID }: Pick<GrantPlace, 'projectID' | 'accountID'>,
): Promise<OpenedGrant | undefined> {
  const [row] = await database.query<GrantRow>(sql`
    select generation, version, key_id, wrapped_key, access_token, refresh_token,
           access_expires_at, refresh_expires_at, grant_ends_at
      from grants join external_accounts using (account_id, generation)
     where project_id = ${projectID} and account_id = ${accountID}`);
  if (row === undefined) return undefined;
  const { generation, version } = row;
  const tokens = await openTokens(
    vault,
    { projectID, accountID, generation, version },
    omitUndefined({
      keyID: row.key_id,
      wrappedKey: row.wrapped_key,
      accessToken: row.access_token,
      refreshToken: row.refresh_token ?? undefined,
    }),
  );
  return {
    generation,
    version,
    ...tokens,
    ...instantsOf({
      accessExpiresAt: row.access_expires_at?.getTime(),
      refreshExpiresAt: row.refresh_expires_at?.getTime(),
      grantEndsAt: row.grant_ends_at?.getTime(),
    }),
  };
}

/** Forgets the tokens of an account, for one that stays. Deleting an account forgets them by itself. */
export async function removeGrant(transaction: Transaction, accountID: number): Promise<void> {
  await transaction.query(sql`delete from grants where account_id = ${accountID}`);
}

interface GrantRow {
  generation: number;
  version: number;
  key_id: string;
  wrapped_key: Buffer;
  access_token: Buffer;
  refresh_token: Buffer | null;
  access_expires_at: Date | null;
  refresh_expires_at: Date | null;
  grant_ends_at: Date | null;
}

function sealedPlace({ projectID, accountID, generation, version }: GrantPlace): SealedPlace {
  return { project: projectID, owner: `account:${accountID}`, generation, version };
}

function requireAccessToken<Value>(fields: Readonly<Record<string, Value>>) {
  const { accessToken, refreshToken } = fields;
  if (accessToken === undefined) throw new Error('A grant has an access token');
  return omitUndefined({
    accessToken,
    refreshToken,
  });
}

function instantsOf(grant: {
  readonly [Name in keyof GrantInstants]: GrantInstants[Name] | undefined;
}): GrantInstants {
  const { accessExpiresAt, refreshExpiresAt, grantEndsAt } = grant;
  return omitUndefined({
    accessExpiresAt,
    refreshExpiresAt,
    grantEndsAt,
  });
}

function instant(milliseconds: number | undefined): Date | null {
  return milliseconds === undefined ? null : new Date(milliseconds);
}
