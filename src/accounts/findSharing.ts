import { sql, type Sql } from '../platform/storage/database.ts';
import type { RevocationParts } from './revocations/revocationParts.ts';

/** Whose grant it is that is to be ended at its provider. */
export interface GrantToEnd {
  readonly providerID: number;
  readonly participantID: string;
  /** The provider's name for the person; undefined where it is not known. */
  readonly userID: string | undefined;
  /** Milliseconds since the epoch: when it became one that is to be ended. */
  readonly since: number;
}

/** Who else lives on a grant, and whose consent is ended with it. */
export interface Sharing {
  readonly by: 'account' | 'journey' | 'exchange' | 'nobody';
  /** Whether the provider knows a grant for each consent, so that no other one ends with this one. */
  readonly endsAlone: boolean;
}

/** At a provider where somebody is always connecting, a grant is not kept waiting for strangers longer than this. */
const strangersWaitMs = 60 * 60_000;

/**
 * Who else lives on the grant: another account with one of the same provider user, under any name of the endpoint, in
 * any study; the participant's own where nobody told whose it was; her account at a successor that knows us as the same
 * application. Or a journey on its way to such an account: one of hers, of which nobody knows yet how it ends, or
 * somebody else's whose code is being exchanged, of which nobody knows yet whose it is. Nobody where the provider knows
 * one grant for each consent.
 */
export async function findSharing(
  { database, clock, catalogue }: Pick<RevocationParts, 'database' | 'clock' | 'catalogue'>,
  grant: GrantToEnd,
): Promise<Sharing> {
  const [found] = await database.query<{
    same: boolean;
    journey: boolean;
    exchange: boolean;
    own: string | null;
    newer: (string | null)[];
  }>(sharingStatement(grant, clock.now()));
  if (found === undefined) throw new Error('The function gave no row');
  const { own, newer } = found;
  if (endsOneConsent(catalogue, own)) return { by: 'nobody', endsAlone: true };
  const clientID = (definition: string | null) => catalogue.credentials.get(definition ?? '')?.clientID;
  const succeeded = newer.some((definition) => clientID(definition) === clientID(own));
  const sharing = (by: Sharing['by']): Sharing => ({ by, endsAlone: false });
  if (found.same || succeeded) return sharing('account');
  if (found.journey) return sharing('journey');
  return sharing(found.exchange ? 'exchange' : 'nobody');
}

function endsOneConsent({ definitions }: RevocationParts['catalogue'], slug: string | null): boolean {
  const auth = definitions.get(slug ?? '')?.auth;
  return auth !== undefined && auth.kind !== 'none' && auth.grantsPer === 'consent';
}

/** Costs a handful of index entries, however many names the endpoint has and whatever is believed of the tables. */
export function sharingStatement({ providerID, participantID, userID, since }: GrantToEnd, now: number): Sql {
  return sql`
    select same, journey, exchange, own, newer
      from who_lives_on_grant(${providerID}, ${userID ?? null}, ${participantID}, ${since > now - strangersWaitMs},
                              ${new Date(now)})`;
}
