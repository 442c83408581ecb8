import type { NamedDefinition } from '../../definitions/defineProvider.ts';

/** A request to a sandbox provider, under the address that it would have at the real one. */
export interface SandboxCall {
  readonly definition: NamedDefinition;
  readonly method: string;
  /** `https://REAL-HOST/path?query`. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Fields of a form body; empty for any other body. */
  readonly form: Readonly<Record<string, string>>;
}

/** What a sandbox provider answers; `json` is written as JSON, `text` as it is. */
export interface SandboxAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

/** An invented person with an account at a sandbox provider. */
export interface SandboxPerson {
  /** The provider's name for her: a number as text, a GUID or a word, as the real one does it. */
  readonly userID: string;
  /** Decides about all her data: the same seed, the same data. */
  readonly seed: string;
  /** `Ada Juniper`. */
  readonly name: string;
}

/** Whose data are asked for, and what she has released. */
export interface SandboxReader {
  readonly person: SandboxPerson;
  /** Granted scopes in the provider's names. */
  readonly scopes: readonly string[];
}
