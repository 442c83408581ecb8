import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { compactVerify, errors, importSPKI } from 'jose';
import { LRUCache } from 'lru-cache';
import {
  sql,
  type Database,
  type PreparedStatement,
  type Transaction,
} from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { algorithmsOf } from '../publicKey.ts';
import { readAssertion, type Refused } from './readAssertion.ts';
import { isServiceAccountName } from '../serviceAccounts.ts';

/** A service account that proved who it is, and the key that it did it with. */
export interface AuthenticatedClient {
  readonly serviceAccountID: string;
  readonly projectID: string;
  readonly name: string;
  readonly keyID: string;
  readonly thumbprint: string;
}

/** A genuine assertion. Worth nothing until {@link spendAssertion} has said that nobody used it before. */
export interface AcceptedAssertion {
  readonly outcome: 'accepted';
  readonly client: AuthenticatedClient;
  readonly jtiDigest: Buffer;
  /** Until then it has to be remembered as spent. */
  readonly acceptedUntil: Date;
}

/**
 * Finds out whether a client assertion was signed by a live key of the service account that it names (RFC 7523
 * section 3; the account comes from `iss`, because clients send neither `client_id` nor `kid`).
 *
 * The stored key alone decides which algorithms count, so that neither `none` nor an HMAC over a public key can
 * ever fit. For an account that does not exist an RSA signature, the kind that clients send, is checked all the
 * same, against a key that nobody has.
 */
export async function verifyClientAssertion(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  audiences: readonly string[],
  assertion: string,
): Promise<AcceptedAssertion | Refused> {
  const read = readAssertion(assertion, audiences, clock.now());
  if (read.outcome === 'refused') return read;
  const candidates = await findCandidates(database, read.issuer);
  if (candidates.length === 0) {
    await isSignedBy(assertion, read.algorithm, nobodysKey);
    return { outcome: 'refused', reason: 'unknown-account' };
  }
  const able = candidates.filter(({ publicKey }) =>
    getVerifier(publicKey).algorithms.includes(read.algorithm),
  );
  if (able.length === 0) return { outcome: 'refused', reason: 'algorithm' };
  for (const { client, publicKey } of able)
    if (await isSignedBy(assertion, read.algorithm, publicKey))
      return {
        outcome: 'accepted',
        client,
        jtiDigest: hash('sha256', read.jti, 'buffer'),
        acceptedUntil: new Date(Math.ceil(read.acceptedUntil)),
      };
  return { outcome: 'refused', reason: 'signature' };
}

/**
 * Spends the assertion's `jti`: true for the first caller of all processes, false for every other one until long
 * after it expired (RFC 7523 section 3, item 7). To be called in the transaction that does what the assertion
 * allows, so that a failure spends nothing.
 */
export async function spendAssertion(
  transaction: Transaction,
  accepted: AcceptedAssertion,
): Promise<boolean> {
  const spent = await transaction.query(sql`
    insert into spent_assertions (service_account_id, jti_digest, expires_at)
    values (${accepted.client.serviceAccountID}, ${accepted.jtiDigest}, ${accepted.acceptedUntil})
    on conflict do nothing
    returning 1 as spent`);
  return spent.length === 1;
}

interface Candidate {
  readonly client: AuthenticatedClient;
  readonly publicKey: string;
}

const liveKeys: PreparedStatement = {
  name: 'live-keys-of-service-account',
  text: `select a.service_account_id, a.project_id, k.key_id, k.thumbprint, k.public_key
           from service_accounts a join service_account_keys k using (service_account_id)
          where a.name = $1 and a.revoked_at is null and k.revoked_at is null
          order by k.created_at, k.slot`,
};

/** Read anew for every request: a revoked key must not get another token from anywhere. */
async function findCandidates(database: Database, name: string): Promise<Candidate[]> {
  if (!isServiceAccountName(name)) return [];
  const rows = (await database.prepared(liveKeys, [name])) as [string, string, string, string, string][];
  return rows.map(([serviceAccountID, projectID, keyID, thumbprint, publicKey]) => ({
    client: { serviceAccountID, projectID, name, keyID, thumbprint },
    publicKey,
  }));
}

interface Verifier {
  readonly algorithms: readonly string[];
  /** Web Crypto binds an imported key to one algorithm. */
  readonly imported: Map<string, ReturnType<typeof importSPKI>>;
}

/** Parsing a key costs more than checking a signature with it. By the key itself, so never out of date. */
const verifiers = new LRUCache<string, Verifier>({ max: 2_000 });

function getVerifier(spkiPem: string): Verifier {
  let verifier = verifiers.get(spkiPem);
  if (verifier === undefined) {
    verifier = { algorithms: algorithmsOf(createPublicKey(spkiPem)), imported: new Map() };
    verifiers.set(spkiPem, verifier);
  }
  return verifier;
}

async function isSignedBy(assertion: string, algorithm: string, spkiPem: string): Promise<boolean> {
  const { algorithms, imported } = getVerifier(spkiPem);
  if (!algorithms.includes(algorithm)) return false;
  let key = imported.get(algorithm);
  if (key === undefined) {
    key = importSPKI(spkiPem, algorithm);
    imported.set(algorithm, key);
  }
  try {
    await compactVerify(assertion, await key, { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

/** An RSA key whose factors nobody knows or needs: the time it takes to fail against it is what it is for. */
const nobodysKey = nobodysRsaKey().export({ type: 'spki', format: 'pem' }).toString();

function nobodysRsaKey(): KeyObject {
  const n = Buffer.alloc(256, 0xc5).toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
}
