import type { SealedGrant } from './grant.ts';

/** Whose connection to which provider. */
export interface ConnectionSubject {
  readonly projectID: string;
  readonly participantID: string;
  readonly providerID: number;
}

/** Under which number and generation a grant will be kept, so that it can be sealed before anything is written. */
export interface ConnectionPlan {
  readonly accountID: number;
  /** Number of the consent among those of the account, from 1. */
  readonly generation: number;
}

/** What a journey ends with: everything that is written about an account that was connected or renewed. */
export interface NewConnection extends ConnectionSubject, ConnectionPlan {
  /** The provider's name for the person; undefined where it comes with the data. */
  readonly userID: string | undefined;
  /** Her name at the provider that this one succeeds. */
  readonly predecessorUserID: string | undefined;
  /** Granted, in the provider's names and order. */
  readonly scopes: readonly string[];
  /** What the study asked for, in the provider's names; the rest of what was granted is not fetched. */
  readonly askedScopes: readonly string[];
  /** Whether she acts for another person; undefined where the provider does not say. */
  readonly isProxy: boolean | undefined;
  readonly grant: SealedGrant;
  readonly actor: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
