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
  readonly generation: number;
}

/** What a journey ends with: everything that is written about an account that was connected or renewed. */
export interface NewConnection extends ConnectionSubject, ConnectionPlan {
  /** The provider's name for the person; undefined where it comes with the data. */
  readonly userID: string | undefined;
  /** Her name at the provider that this one succeeds. */
  readonly predecessorUserID: string | undefined;
  readonly scopes: readonly string[];
  readonly isProxy: boolean | undefined;
  readonly grant: SealedGrant;
  readonly actor: string;
  readonly now: number;
}
