import type { PublishedKey } from './clientKeys.ts';

/** What the routes of this capability work with. */
export interface OAuthParts {
  /** Those of the credentials of this process, which never change while it runs. */
  readonly publishedKeys: readonly PublishedKey[];
}
