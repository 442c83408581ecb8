/**
 * Where key-encryption keys are, and the only place that uses them: our own process with keys from a file, or an
 * outside service (KMS, PKCS#11) that never gives them away.
 */
export interface KeyService {
  /** Names of the keys that can be used now. */
  keyIDs(): Promise<readonly string[]>;
  /** Encrypts a data key, and authenticates `aad` with it. */
  wrap(keyID: string, plaintext: Uint8Array, aad: Uint8Array): Promise<Uint8Array>;
  /**
   * The data key in bytes that nobody else holds: the caller wipes them.
   *
   * @throws {Error} when the key is not here, or what was wrapped or `aad` is another
   */
  unwrap(keyID: string, wrapped: Uint8Array, aad: Uint8Array): Promise<Uint8Array>;
}
