import type { Queryable } from '../platform/storage/database.ts';
import { digestSecret } from './secrets/journeySecrets.ts';
import { findByState } from './store/attempts.ts';

/** Whom a participant was sent to, and by whom. */
export interface JourneyNames {
  /** What she reads as the provider's name: a hospital, not the vendor of its software. */
  readonly provider: string;
  readonly study: string;
}

/** The names of the journey in which this `state` was sent; undefined for one that is not ours. */
export async function describeJourney(database: Queryable, state: string): Promise<JourneyNames | undefined> {
  const attempt = await findByState(database, digestSecret(state));
  return attempt === undefined ? undefined : { provider: attempt.providerName, study: attempt.studyName };
}
