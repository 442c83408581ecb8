import { violatedConstraint } from '../../platform/storage/database.ts';
import type { SealedFields, SealedPlace, Vault } from '../../platform/sealing/vault.ts';

/** What the answer of a provider is checked with, and nobody else may know. */
export interface AttemptSecrets {
  /** RFC 7636. */
  readonly codeVerifier: string;
  /** OpenID Connect Core, section 3.1.2.1. */
  readonly nonce: string;
  /** The provider's answer, with its code, from before it is sent until it is known what came of it. */
  readonly received?: { readonly state: string; readonly answer: string };
}

/** Whose secrets they are. */
interface Owner {
  readonly projectID: string;
  readonly attemptID: string;
}

/** So that a copy of the database completes nobody's journey. */
export function sealSecrets(vault: Vault, attempt: Owner, secrets: AttemptSecrets): Promise<SealedFields> {
  return vault.seal(placeOf(attempt), { secrets: JSON.stringify(secrets) });
}

/**
 * Seals the secrets and does `work`, which stores them. When a rotation retired the key in between, both are done once
 * more under the new key.
 */
export async function withSealedSecrets<Result>(
  vault: Vault,
  { attempt, secrets }: { readonly attempt: Owner; readonly secrets: AttemptSecrets },
  work: (sealed: SealedFields) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(await sealSecrets(vault, attempt, secrets));
  } catch (error) {
    if (violatedConstraint(error) !== 'sealing_key_not_retired') throw error;
    return work(await sealSecrets(vault, attempt, secrets));
  }
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
