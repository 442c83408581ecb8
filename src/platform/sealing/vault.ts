/**
 * What a sealed value belongs to. All of it is authenticated (AAD), so that a value that was moved to another row,
 * field, project, generation or version does not open.
 */
export interface SealedPlace {
  /** GUID of the project. */
  readonly project: string;
  /** What it belongs to: `account:123`, `attempt:GUID`. */
  readonly owner: string;
  /** This and `version` tell apart what is sealed for the same owner one after the other. */
  readonly generation: number;
  readonly version: number;
}

/** Fields that were sealed together under a data key of their own. */
export interface SealedFields {
  /** The key-encryption key under which the data key is wrapped. */
  readonly keyID: string;
  readonly wrappedKey: Buffer;
  /** Sealed values by field. */
  readonly fields: Readonly<Record<string, Buffer>>;
}

/**
 * Seals and opens with the keys of this installation, which are never in the database. A key service may be asked
 * over the network: never call it inside a transaction.
 */
export interface Vault {
  /** Under a new data key, wrapped with the active key. @throws {CannotSeal} */
  seal(place: SealedPlace, fields: Readonly<Record<string, string>>): Promise<SealedFields>;
  /** @throws {CannotOpen} when the key is not here, or anything was moved or changed: it fails closed, saying nothing */
  open(place: SealedPlace, sealed: SealedFields): Promise<Readonly<Record<string, string>>>;
  /**
   * The same fields with the data key wrapped by the active key: no field is opened.
   *
   * @throws {CannotOpen} @throws {CannotSeal}
   */
  rewrap(place: SealedPlace, sealed: SealedFields): Promise<SealedFields>;
}

/**
 * A sealed value did not open. Trouble of this installation: it says nothing about what the participant granted.
 * It has no details, because they would tell whoever changed the value how near it came.
 */
export class CannotOpen extends Error {
  constructor() {
    super('A sealed value cannot be opened');
  }
}

/** Nothing can be sealed now: no key is active, this process lacks it, or the key service does not answer. */
export class CannotSeal extends Error {
  constructor() {
    super('Nothing can be sealed');
  }
}
