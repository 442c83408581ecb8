import { record } from '../audit/record.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { notFound } from '../platform/http/errors.ts';
import type { Random } from '../platform/random/random.ts';
import { sql, type Queryable, type Transaction } from '../platform/storage/database.ts';
import {
  noSuchPublicKey,
  noSuchServiceAccount,
  publicKeyKnown,
  serviceAccountNameTaken,
  serviceAccountNameUnusable,
  tooManyKeys,
} from './errors.ts';
import type { PublicKey } from './publicKey.ts';

/** A client of the administrative API, bound to one project, as people see it. */
export interface ServiceAccount {
  readonly serviceAccountID: string;
  readonly name: string;
  readonly createdAt: Date;
  /** Undefined while it is live; there is no way back. */
  readonly revokedAt: Date | undefined;
  readonly keys: readonly ServiceAccountKey[];
}

interface ServiceAccountKey {
  readonly thumbprint: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | undefined;
}

/** Who changes which service account of which project, and when. */
export interface ServiceAccountChange {
  readonly projectID: string;
  readonly name: string;
  /** As in the audit trail: `command-line:USER`. */
  readonly actor: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const liveKeysMax = 2;
const prefixLengthMin = 4;

/** Whether a text can be the name of a service account, and may be looked up as one. */
export function isServiceAccountName(text: string): boolean {
  return text.length > 0 && text.length <= 200 && text.trim() === text && !/\p{C}/u.test(text);
}

/**
 * A new service account with up to two public keys; one without a key cannot get a token yet. Gives its id.
 *
 * @throws {DomainError} `service-account-name-unusable`, `service-account-name-taken`, `too-many-keys`,
 *   `public-key-known` when both keys are the same, `not-found` when there is no such project
 */
export async function createServiceAccount(
  transaction: Transaction,
  change: ServiceAccountChange & { readonly publicKeys: readonly PublicKey[]; readonly random: Random },
): Promise<string> {
  const { projectID, name, now } = change;
  if (!isServiceAccountName(name))
    throw new DomainError(
      serviceAccountNameUnusable,
      'The name is empty, too long, or holds characters that nobody sees.',
    );
  const [project] = await transaction.query(
    sql`select from projects where project_id = ${projectID} for key share`,
  );
  if (project === undefined) throw new DomainError(notFound, 'There is no such project.');
  const serviceAccountID = change.random.uuid();
  const created = await transaction.query(sql`
    insert into service_accounts (service_account_id, project_id, name, created_at)
    values (${serviceAccountID}, ${projectID}, ${name}, ${new Date(now)})
    on conflict (name) do nothing
    returning 1 as created`);
  if (created.length === 0) throw new DomainError(serviceAccountNameTaken, 'The name is taken.');
  await record(transaction, {
    projectID,
    actor: change.actor,
    action: 'service-account.created',
    details: { name },
    occurredAt: now,
  });
  for (const publicKey of change.publicKeys) await addPublicKey(transaction, { ...change, publicKey });
  return serviceAccountID;
}

/** The service accounts of a project by name, the revoked ones and their revoked keys too. */
export async function listServiceAccounts(database: Queryable, projectID: string): Promise<ServiceAccount[]> {
  const rows = await database.query<AccountRow>(sql`
    select a.service_account_id, a.name, a.created_at, a.revoked_at,
           k.thumbprint, k.created_at as key_created_at, k.revoked_at as key_revoked_at
      from service_accounts a left join service_account_keys k using (service_account_id)
     where a.project_id = ${projectID}
     order by a.name, k.created_at, k.slot, k.key_id`);
  return [...Map.groupBy(rows, (row) => row.service_account_id).values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            serviceAccountID: first.service_account_id,
            name: first.name,
            createdAt: first.created_at,
            revokedAt: first.revoked_at ?? undefined,
            keys: [first, ...others].flatMap(toKey),
          },
        ],
  );
}

/**
 * Lets the owner of another key act as the service account, beside the key it has: the way to replace a key
 * without an outage. Calls at the same time wait for each other.
 *
 * @throws {DomainError} `no-such-service-account`, `too-many-keys`, `public-key-known`
 */
export async function addPublicKey(
  transaction: Transaction,
  change: ServiceAccountChange & { readonly publicKey: PublicKey; readonly random: Random },
): Promise<void> {
  const { projectID, name, now, publicKey } = change;
  const serviceAccountID = await lockLiveAccount(transaction, projectID, name);
  const keys = await transaction.query<{ slot: number; thumbprint: string; live: boolean }>(sql`
    select slot, thumbprint, revoked_at is null as live
      from service_account_keys where service_account_id = ${serviceAccountID}`);
  if (keys.some((key) => key.thumbprint === publicKey.thumbprint))
    throw new DomainError(
      publicKeyKnown,
      'The service account has this key, or had it before it was revoked.',
    );
  const taken = keys.filter((key) => key.live).map((key) => key.slot);
  if (taken.length >= liveKeysMax)
    throw new DomainError(tooManyKeys, 'The service account has two live keys.');
  await transaction.query(sql`
    insert into service_account_keys (key_id, service_account_id, slot, public_key, thumbprint, created_at)
    values (${change.random.uuid()}, ${serviceAccountID}, ${taken.includes(1) ? 2 : 1}, ${publicKey.spkiPem},
            ${publicKey.thumbprint}, ${new Date(now)})`);
  await record(transaction, {
    projectID,
    actor: change.actor,
    action: 'service-account.key-added',
    details: { name, thumbprint: publicKey.thumbprint },
    occurredAt: now,
  });
}

/**
 * Ends a key for ever, and within 5 s every access token that was issued for it; gives its whole thumbprint.
 *
 * @throws {DomainError} `no-such-service-account`, `no-such-public-key` also when the beginning fits both keys
 */
export async function revokePublicKey(
  transaction: Transaction,
  change: ServiceAccountChange & { readonly thumbprintPrefix: string },
): Promise<string> {
  const { projectID, name, now, thumbprintPrefix } = change;
  const serviceAccountID = await lockLiveAccount(transaction, projectID, name);
  const fitting = await transaction.query<{ key_id: string; thumbprint: string }>(sql`
    select key_id, thumbprint from service_account_keys
     where service_account_id = ${serviceAccountID} and revoked_at is null
       and starts_with(thumbprint, ${thumbprintPrefix})`);
  const [key] = fitting;
  if (key === undefined || thumbprintPrefix.length < prefixLengthMin)
    throw new DomainError(noSuchPublicKey, 'No live key of the service account begins like that.');
  if (fitting.length > 1)
    throw new DomainError(noSuchPublicKey, 'Two keys begin like that; give more characters.');
  await transaction.query(
    sql`update service_account_keys set revoked_at = ${new Date(now)} where key_id = ${key.key_id}`,
  );
  await record(transaction, {
    projectID,
    actor: change.actor,
    action: 'service-account.key-revoked',
    details: { name, thumbprint: key.thumbprint },
    occurredAt: now,
  });
  return key.thumbprint;
}

/**
 * Ends a service account for ever, and within 5 s every access token of it.
 *
 * @throws {DomainError} `no-such-service-account`, also when it was revoked before
 */
export async function revokeServiceAccount(
  transaction: Transaction,
  change: ServiceAccountChange,
): Promise<void> {
  const { projectID, name, now } = change;
  const serviceAccountID = await lockLiveAccount(transaction, projectID, name);
  await transaction.query(
    sql`update service_accounts set revoked_at = ${new Date(now)} where service_account_id = ${serviceAccountID}`,
  );
  await record(transaction, {
    projectID,
    actor: change.actor,
    action: 'service-account.revoked',
    details: { name },
    occurredAt: now,
  });
}

async function lockLiveAccount(transaction: Transaction, projectID: string, name: string): Promise<string> {
  const [account] = await transaction.query<{ service_account_id: string }>(sql`
    select service_account_id from service_accounts
     where project_id = ${projectID} and name = ${name} and revoked_at is null
       for no key update`);
  if (account === undefined)
    throw new DomainError(noSuchServiceAccount, 'The project has no live service account of this name.');
  return account.service_account_id;
}

interface AccountRow {
  service_account_id: string;
  name: string;
  created_at: Date;
  revoked_at: Date | null;
  thumbprint: string | null;
  key_created_at: Date | null;
  key_revoked_at: Date | null;
}

function toKey(row: AccountRow): ServiceAccountKey[] {
  if (row.thumbprint === null || row.key_created_at === null) return [];
  return [
    { thumbprint: row.thumbprint, createdAt: row.key_created_at, revokedAt: row.key_revoked_at ?? undefined },
  ];
}
