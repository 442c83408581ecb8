import type { SandboxPerson } from '../server/sandboxCall.ts';

/** Something of which a vendor tells those who subscribed. */
export interface SandboxEvent {
  readonly means: 'data' | 'data-deleted' | 'scopes-changed' | 'deregistered';
  readonly person: SandboxPerson;
  readonly resource?: string;
  /**
   * With a vendor that pushes: the history that was asked for, as instants; everything of it is told. Left out: what
   * was measured last.
   */
  readonly period?: Period;
  readonly scopes?: string[];
}

/** Milliseconds since the epoch. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** With what a vendor signs. */
export interface WebhookKeys {
  readonly clientSecret?: string;
  readonly issuedSecret?: string;
  readonly clientID: string;
  /** What the receiver gave when it subscribed, and the vendor repeats to prove itself. */
  readonly webhookSecret?: string;
}

/** A message that is ready to be posted. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
