import type { SealedFields, SealedPlace, Vault } from '../platform/sealing/vault.ts';

/** What the answer of a provider is checked with, and nobody else may know. */
export interface AttemptSecrets {
  /** RFC 7636. */
  readonly codeVerifier: string;
  /** OpenID Connect Core, section 3.1.2.1. */
  readonly nonce: string;
}

/** Whose secrets they are. */
interface Owner {
  readonly projectID: string;
  readonly attemptID: string;
}

/** Seals the secrets of an attempt, so that a copy of the database completes nobody's journey. */
export async function sealSecrets(
  vault: Vault,
  attempt: Owner,
  secrets: AttemptSecrets,
): Promise<SealedFields> {
  return vault.seal(placeOf(attempt), { secrets: JSON.stringify(secrets) });
}

/** @throws {Error} for secrets of another attempt, or that were changed */
export async function openSecrets(
  vault: Vault,
  attempt: Owner,
  sealed: SealedFields,
): Promise<AttemptSecrets> {
  const { secrets } = await vault.open(placeOf(attempt), sealed);
  return JSON.parse(secrets ?? '') as AttemptSecrets;
}

function placeOf({ projectID, attemptID }: Owner): SealedPlace {
  return { project: projectID, owner: `attempt:${attemptID}`, generation: 1, version: 1 };
}
